"""The customer's way, and what bad input meets on it."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mioboe.calls.models import Callback
from mioboe.cases.models import Case, ProofKind
from mioboe.mails.models import Link, Mail
from mioboe.orders.models import Order
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def hana():
    return world.customer()


@pytest.fixture
def link(hana) -> str:
    world.bought(hana)
    found = re.search(r"http://\S+(/help/not-me/\S+)", world.read("order_confirmed").text)
    assert found
    return found[1]


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"})


def reported(client, link) -> Case:
    response = client.post(link)
    assert response.status_code == 302
    return Case.objects.get()


def test_opening_the_link_changes_nothing_and_needs_no_sign_in(client, link):
    for _ in range(3):
        assert client.get(link).status_code == 200
    assert client.head(link).status_code == 200
    assert not Case.objects.exists()


def test_three_presses_from_the_mail_to_the_call(client, link, hana):
    assert client.get(link).status_code == 200  # 1: the link in the mail
    case = reported(client, link)  # 2: I don't recognise this
    assert list(case.proofs.values_list("kind", flat=True)) == [ProofKind.MAILBOX]
    response = client.post(f"/help/cases/{case.number}/call/", {"which": hana.phones.get().pk})  # 3: call me now
    assert response["Location"].endswith("/waiting/")
    waiting = client.get(response["Location"]).content.decode()
    assert Callback.objects.get().passphrase in waiting
    assert "1234" not in waiting  # the number is masked: the mailbox alone does not reveal it


def test_a_link_used_in_another_browser_shows_no_case(client, link):
    reported(client, link)
    assert client.get(link).status_code == 302
    other = Client(headers={"accept-language": "en"})
    response = other.get(link)
    assert response.status_code == 410
    assert "used" in response.content.decode()
    assert other.post(link).status_code == 410
    assert Case.objects.count() == 1


def test_an_expired_link_offers_a_new_one_by_mail(client, link):
    Link.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(link).status_code == 410
    assert client.post(link + "new/").status_code == 200
    assert Mail.objects.filter(kind="order_confirmed").count() == 2
    for _ in range(9):
        client.post(link + "new/")
    assert Mail.objects.count() < 6


def test_a_link_that_is_not_ours(client):
    response = client.get("/help/not-me/nonsense/")
    assert response.status_code == 404
    assert "do not know this link" in response.content.decode()


def test_somebody_elses_link(client, link):
    client.force_login(world.customer("other@customer.example"))
    assert client.get(link).status_code == 403
    assert client.post(link).status_code == 403
    assert not Case.objects.exists()


def test_pressing_twice_in_two_tabs_is_one_case(client, link):
    first, second = client.post(link), client.post(link)
    assert (first.status_code, second.status_code) == (302, 302)
    assert Case.objects.count() == 1


def test_somebody_elses_order_and_case_do_not_exist(client, link):
    case = reported(client, link)
    other = Client(headers={"accept-language": "en"})
    other.force_login(world.customer("other@customer.example"))
    order = Order.objects.get()
    paths = [
        f"/help/cases/{case.number}/",
        f"/help/cases/{case.number}/call/",
        f"/help/cases/{case.number}/waiting/",
        f"/help/cases/{case.number}/statement/",
        f"/help/orders/{order.number}/",
        f"/orders/{order.number}/",
        f"/orders/{order.number}/watch/",
    ]
    assert [other.get(path).status_code for path in paths] == [404] * len(paths)
    assert other.post(paths[1], {"number": "090-1234-5678"}).status_code == 404


def test_a_wrong_number_is_explained_and_kept(client, link):
    case = reported(client, link)
    response = client.post(f"/help/cases/{case.number}/call/", {"which": "typed", "number": "0120-000-000"})
    assert response.status_code == 422
    assert "0120-000-000" in response.content.decode() and "mobile, landline" in response.content.decode()
    assert not Callback.objects.exists()


def test_the_number_of_somebody_else_cannot_be_chosen(client, link):
    case = reported(client, link)
    foreign = world.customer("other@customer.example").phones.get()
    response = client.post(f"/help/cases/{case.number}/call/", {"which": foreign.pk})
    assert response.status_code == 422
    assert not Callback.objects.exists()


def test_asking_twice_for_a_call_is_one_call(client, link):
    case = reported(client, link)
    for _ in range(2):
        assert (
            client.post(f"/help/cases/{case.number}/call/", {"which": "typed", "number": "090-1111-2222"}).status_code
            == 302
        )
    assert Callback.objects.count() == 1


def test_a_statement_that_cannot_be_read_is_explained(client, hana, link):
    client.force_login(hana)
    case = reported(client, link)
    path = f"/help/cases/{case.number}/statement/"
    assert client.post(path).status_code == 422
    from django.core.files.uploadedfile import SimpleUploadedFile

    response = client.post(path, {"statement": SimpleUploadedFile("x.csv", b"\x00\x01")})
    assert response.status_code == 422
    assert "could not read this file" in response.content.decode()


def test_everything_is_there_in_japanese(client, link):
    client.cookies["django_language"] = "ja"
    page = client.get(link).content.decode()
    assert "覚えていらっしゃいますか" in page and "Do you remember" not in page
