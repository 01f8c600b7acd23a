import pytest
from django.test import Client

from mioboe.site.client_address import client_address
from tests.site.test_doors import Night, night  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db


def test_no_page_runs_or_loads_anything_foreign_or_is_framed(night: Night) -> None:  # noqa: F811
    for path in ("/", "/help/", "/account/login/", "/demo/", f"/help/cases/{night.words['case']}/"):
        answer = night.clients["customer"].get(path)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")


def test_a_mail_in_its_frame_can_do_nothing(night: Night) -> None:  # noqa: F811
    path = f"/demo/mailbox/{night.words['mail_address']}/{night.words['mail_key']}/html/"
    policy = Client().get(path)["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "allow-scripts" not in policy


@pytest.mark.parametrize("remote", ["203.0.113.9", "127.0.0.1"])
def test_who_is_no_proxy_cannot_say_who_he_is(remote):
    assert client_address(remote, "1.2.3.4", ["10.0.0.0/8"]) == remote
