"""Keys of other programs: who has one comes in, for what it is for, and so often."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from mioboe.api import keys
from mioboe.api.models import ApiKey
from mioboe.people.models import Person, Role
from mioboe.signins.models import SignIn
from mioboe.trail.models import Entry
from tests import world
from tests.api.programs import Program
from tests.people.signing_in import confirm

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client):
    person = Person.objects.create_user("ops@desk.example", world.PASSWORD, role=Role.OPERATOR, language="en")
    client.force_login(person)
    return client


def status(program: Program, text: str) -> int:
    return program.post("signins", {"account": "17"}, authorization=text).status_code


def test_only_a_key_opens():
    program = Program()
    for text in ("", "Bearer", "Bearer ", "Basic abc", "Bearer mio_", f"Bearer {program.text[:-1]}", f"Bearer {program.text}x",
                 "Bearer mio_\x00_x", f"Bearer mio_{program.key.prefix}_", "Bearer " + "mio_" * 9000):  # fmt: skip
        assert status(program, text) == 401, text[:40]
    assert SignIn.objects.count() == 0
    assert status(program, f"Bearer {program.text}") == 200
    assert status(program, f"bearer {program.text}") == 200


def test_the_secret_is_nowhere_in_the_database():
    program = Program()
    secret = program.text.split("_", 2)[2]
    row = ApiKey.objects.values().get()
    assert all(secret not in str(value) for value in row.values())
    assert secret not in str(list(Entry.objects.values()))


def test_a_key_out_of_its_scope_is_refused():
    program = Program()
    ApiKey.objects.update(scopes=[])
    answer = program.post("signins", {"account": "17"})
    assert (answer.status_code, answer.json()["code"]) == (403, "out-of-scope")


def test_a_rotated_key_works_for_a_day_beside_the_new_one():
    program = Program()
    new, text = keys.rotate_key(program.key)
    assert new.source == program.key.source
    assert status(program, f"Bearer {program.text}") == status(program, f"Bearer {text}") == 200
    ApiKey.objects.filter(pk=program.key.pk).update(ends_at=timezone.now() - timedelta(seconds=1))
    assert status(program, f"Bearer {program.text}") == 401
    with pytest.raises(ValueError):
        keys.rotate_key(program.key)


def test_a_revoked_key_opens_nothing_at_once():
    program = Program()
    assert keys.revoke_key(program.key) and not keys.revoke_key(program.key)
    assert status(program, f"Bearer {program.text}") == 401


def test_too_many_requests_are_told_when_to_come_again(settings):
    settings.MIOBOE_API_REQUESTS_A_MINUTE = 2
    program, other = Program(), Program("sato")
    answers = [program.post("signins", {"account": "17"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60 and answers[-1].json()["code"] == "over-the-limit"
    other.report()


def test_a_write_without_an_idempotency_key_is_refused():
    program = Program()
    for none in ("", "x" * 201):
        answer = program.client.post(
            "/api/v1/signins", {"account": "17"}, content_type="application/json",
            headers={"authorization": f"Bearer {program.text}", **({"idempotency-key": none} if none else {})},
        )  # fmt: skip
        assert (answer.status_code, answer.json()["code"]) == (400, "no-idempotency-key")


def test_who_acts_is_a_program(client):
    Program().report()
    assert Entry.objects.get(verb="sign_in").actor_kind == "program"


def test_a_session_alone_makes_rotates_and_revokes_nothing(operator):
    """Whoever comes upon an operator's open screen takes no key along, and ends none."""
    key, _ = keys.make_key("shop", ["signins"])
    page = operator.get("/api/keys/").content.decode()
    assert "confirm once more that it is you" in page and "Make the key" not in page and "/revoke/" not in page
    for path in ("/api/keys/", f"/api/keys/{key.prefix}/rotate/", f"/api/keys/{key.prefix}/revoke/"):
        answer = operator.post(path, {"name": "Mine", "source": "mine", "scopes": ["signins"]})
        assert answer.status_code == 302
        assert answer["Location"] == "/account/reauthenticate/?next=%2Fapi%2Fkeys%2F"
    assert ApiKey.objects.get().is_good
    confirm(operator, going_on="/api/keys/")
    assert "Make the key" in operator.get("/api/keys/").content.decode()


def test_an_operator_makes_rotates_and_revokes_keys(operator):
    confirm(operator)
    answer = operator.post("/api/keys/", {"name": "Till room", "source": "Kobo", "scopes": ["signins"]})
    key = ApiKey.objects.get()
    assert answer.status_code == 201 and f"mio_{key.prefix}_".encode() in answer.content
    assert "no-store" in answer["Cache-Control"] and key.source == "kobo" and key.made_by.email == "ops@desk.example"
    assert b"_" + key.prefix.encode() + b"_" not in operator.get("/api/keys/").content
    assert operator.post(f"/api/keys/{key.prefix}/rotate/").status_code == 201
    assert operator.post(f"/api/keys/{key.prefix}/rotate/").status_code == 302
    assert operator.post(f"/api/keys/{key.prefix}/revoke/").status_code == 302
    assert [one.is_good for one in ApiKey.objects.order_by("made_at")] == [False, True]
    for wrong in (
        {},
        {"name": "x", "source": "a b", "scopes": ["signins"]},
        {"name": "x", "source": "a", "scopes": ["all"]},
    ):
        assert operator.post("/api/keys/", wrong).status_code == 422


def test_the_command_line_makes_a_key_and_prints_it_once():
    out = io.StringIO()
    call_command("keys", "new", "--scope", "signins", "--name", "Kobo shop", stdout=out)
    text = out.getvalue().strip()
    assert keys.key_of(text).source == "kobo-shop"
    call_command("keys", "rotate", text, stdout=out)
    call_command("keys", "revoke", text, stdout=out)
    assert keys.key_of(text) is None
    call_command("keys", "list", stdout=out)
    assert out.getvalue().count("kobo-shop") == 2
    for wrong in (("revoke", "NOBODY00"), ("new", "--scope", "signins", "--name", "x", "--source", "a b")):
        with pytest.raises(CommandError):
            call_command("keys", *wrong)
