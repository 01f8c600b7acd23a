"""What people, programs and intruders type into the forms and addresses of the story: never a 5xx, and never an effect."""

from collections.abc import Iterator
from urllib.parse import quote_from_bytes

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as some

from mioboe.calls.models import Callback
from mioboe.cases.models import Case, Proof, Remedy
from mioboe.orders.models import Order
from mioboe.people.models import Person
from mioboe.statements.models import StatementCheck
from tests import world
from tests.site.test_doors import ROWS, Night, night  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"

# The fields of each form; a route that takes POST needs its line here.
FIELDS: dict[str, tuple[str, ...]] = {
    "shopfront:buy": ("press",),
    "shopfront:place": ("place",),
    "shopfront:cart_add": ("quantity",),
    "shopfront:cart_change": ("quantity",),
    "shopfront:cart_remove": (),
    "shopfront:cart_put_back": (),
    "shopfront:check_out": ("press", "seen", "card", "address", "prefecture", "postcode"),
    "shopfront:guest": ("mail", "recipient", "postcode", "prefecture", "street"),
    "shopfront:settings": ("is_on", "card", "address", "hold_to_buy"),
    "shopfront:card_enter": ("next",),
    "shopfront:card_remove": (),
    "shopfront:address_new": ("recipient", "postcode", "prefecture", "street"),
    "shopfront:address": ("recipient", "postcode", "prefecture", "street"),
    "shopfront:address_remove": (),
    "shopfront:approve": ("code",),
    "shopfront:approve_by_passkey": ("credential",),
    "shopfront:approval_less": ("do",),
    "shopfront:approval": ("when", "above"),
    "shopfront:approval_lower": (),
    "shopfront:undo": ("press", "which"),
    "shopfront:progress": ("position", "farthest"),
    "shopfront:film_link": (),
    "shopfront:film_link_new": (),
    "help:not_me": ("words", "do"),
    "help:new_link": (),
    "help:call_again": (),
    "help:approve": ("do", "words"),
    "help:report_order": ("words",),
    "help:call": ("which", "country", "number", "language", "when", "at"),
    "help:call_change": ("which", "country", "number", "when", "at"),
    "help:contact_phone": ("which", "country", "number", "language", "when", "at", "words"),
    "help:number_told": ("country", "number"),
    "help:contact_link_ask": ("mail", "query"),
    "help:contact_link": (),
    "help:later": (),
    "help:later_new_link": (),
    "help:number_add": ("country", "number", "name"),
    "help:number_name": ("name",),
    "help:number_remove": (),
    "help:call_verb": ("sent", "received"),
    "help:statement": ("statement",),
    "help:any_statement": ("statement",),
    "help:statement_line": (),
    "help:device_name": ("name",),
    "help:device_remove": (),
    "help:sign_out": ("keep",),
    "help:sign_in": ("answer", "words"),
    "help:notice": ("answer", "words"),
    "help:notice_new_link": (),
    "desk:release": (),
    "desk:duty": ("takes_at_once",),
    "desk:call_verb": ("sent", "received"),
    "desk:resolve": ("remedy",),
    "desk:lines": ("press", "goes_back", "pieces-1"),
    "desk:again": (),
    "desk:parcel_press": (),
    "desk:parcel_came_back": ("order", "state"),
    "desk:topic_new": ("topic", "words_ja", "words_en", "offered_for", "channels", "leads_to", "is_in_use"),
    "desk:topic": ("topic", "words_ja", "words_en", "offered_for", "channels", "leads_to", "is_in_use"),
    "desk:topic_move": (),
    "desk:thresholds": ("unfamiliar", "very_unfamiliar", "do"),
    "api:stripe_webhook": ("id", "type"),
    "api:keys": ("name", "source", "scopes"),
    "api:key_verb": (),
    "api_v1:api-root": (),
    "api_v1:openapi-json": (),
    "api_v1:report": ("account", "ip", "at"),
    "api_v1:batch": ("reports",),
    "api_v1:answer": ("is_mine",),
    "till:card": ("number", "expires", "code"),
    "demo:stand": ("place",),
    "demo:telephone_verb": ("sent", "received"),
    "set_language": ("language", "next"),
    "mail_address": ("new",),
    "account_email": ("new", "email", "action_add", "action_primary"),
    "mail_address_stop_now": (),
    "mail_address_confirm": (),
    "mail_address_stop": (),
    "reauthenticate_by_code": ("code", "send", "next"),
    "account_email_verification_sent": ("code", "action", "email"),
    "account_request_login_code": ("email", "next"),
    "mfa_authenticate": ("code", "credential"),
    "mfa_reauthenticate": ("code", "next"),
    "mfa_activate_totp": ("code",),
    "mfa_deactivate_totp": (),
    "mfa_view_recovery_codes": (),
    "mfa_generate_recovery_codes": (),
    "mfa_download_recovery_codes": (),
    "mfa_add_webauthn": ("name", "credential", "passwordless"),
    "mfa_remove_webauthn": (),
    "mfa_edit_webauthn": ("name",),
    "mfa_reauthenticate_webauthn": ("credential", "next"),
    "mfa_login_webauthn": ("credential", "next"),
    "account_login": ("login", "password", "next", "remember"),
    "account_logout": ("next",),
    "account_signup": ("email", "password1", "next"),
    "account_reauthenticate": ("password", "next"),
    "account_change_password": ("oldpassword", "password1", "password2"),
    "account_set_password": ("password1", "password2"),
    "account_reset_password": ("email",),
    "account_reset_password_from_key": ("password1", "password2"),
    "account_confirm_login_code": ("code",),
    "usersessions_list": (),
}
# Where a verb stands in the address, each of them.
VERBS = {
    "help:call_verb": ("answer", "decline", "hang_up", "audio", "cancel", "explode"),
    "desk:call_verb": ("take", "hang_up", "audio", "explode"),
    "api:key_verb": ("rotate", "revoke", "explode"),
    "desk:duty": ("on", "away", "explode"),
    "desk:parcel_press": ("pack", "hand_over", "stop", "call_back", "explode"),
    "demo:telephone_verb": ("answer", "hang_up", "audio", "explode"),
    "desk:topic_move": ("up", "down", "explode"),
}

# As it comes over the wire: well-formed and broken UTF-8, NUL, lone surrogates, far too long, numbers that are none.
HOSTILE = (
    b"",
    b"\x00",
    b"a\x00b@customer.example",
    b"\xed\xa0\x80",  # a lone surrogate
    b"\xff\xfe",
    b"x" * 20_000,
    "９".encode() * 9,
    "²".encode(),
    b"-1",
    b"1e9",
    b"9" * 40,
    b"<script>alert(1)</script>",
    b"{{ 7*7 }} %s %(a)s {0}",
    "\u202e\u0000\u2028あ".encode(),
    b"//evil.example",
    b"javascript:alert(1)",
)
typed = some.one_of(
    some.sampled_from(HOSTILE),
    some.binary(max_size=60),
    some.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")),
)
some_examples = how(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def test_every_form_has_its_fields_here():
    assert set(FIELDS) == {name for name, row in ROWS.items() if row.post not in ("405", "302 405 405 405 405")}


def who_gets_furthest(name: str) -> str:
    if name.startswith(("desk:parcel", "desk:thresholds", "desk:topic", "api:key")):
        return "operator"
    if name.startswith("desk:"):
        return "agent"
    for_visitors = ("account_login", "account_signup", "account_request_login_code", "mfa_login_webauthn")
    return "visitor" if name in for_visitors or "reset_password" in name else "customer"


def addresses(night: Night, name: str) -> Iterator[str]:  # noqa: F811
    arguments = [night.words.get(argument, argument) for argument in ROWS[name].arguments]
    for verb in VERBS.get(name, (None,)):
        yield reverse(name, args=[*arguments[:-1], verb] if verb else arguments)


def body(fields: dict[str, bytes]) -> bytes:
    return "&".join(f"{name}={quote_from_bytes(value)}" for name, value in fields.items()).encode()


def undone(ask) -> int:
    """The status of an answer; what it did is taken back."""
    before = transaction.savepoint()
    status = ask().status_code
    transaction.savepoint_rollback(before)
    return status


@pytest.mark.parametrize("name", FIELDS)
@some_examples
@given(data=some.data())
def test_no_form_breaks(night: Night, name: str, data) -> None:  # noqa: F811
    fields = {field: data.draw(typed, label=field) for field in FIELDS[name]}
    client = night.clients[who_gets_furthest(name)]
    for path in addresses(night, name):
        assert undone(lambda path=path: client.post(path, body(fields), content_type=FORM)) < 500, f"POST {path}"


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.arguments])
@some_examples
@given(data=some.data())
def test_no_address_breaks(night: Night, name: str, data) -> None:  # noqa: F811
    """Whatever stands where a number, key or verb should: not found, not broken."""
    arguments = [str(night.words.get(argument, argument)) for argument in ROWS[name].arguments]
    pattern = reverse(name, args=arguments)
    at = data.draw(some.integers(0, len(arguments) - 1), label="argument")
    wrong = quote_from_bytes(data.draw(typed, label="in its place") or b"x", safe="")
    path = pattern.replace(arguments[at], wrong, 1)
    client = night.clients[who_gets_furthest(name)]
    for method in ("GET", "POST"):
        assert undone(lambda method=method: client.generic(method, path)) < 500, f"{method} {path}"


@pytest.mark.parametrize("name", FIELDS)
def test_nothing_sent_at_all_and_fields_of_the_wrong_kind(night: Night, name: str) -> None:  # noqa: F811
    client = night.clients[who_gets_furthest(name)]
    for path in addresses(night, name):
        for sent in (
            {},
            {field: ["a", "b", "c"] for field in FIELDS[name]},
            {field: SimpleUploadedFile("x" * 300 + "\x01.csv", b"\x00" * 10) for field in FIELDS[name]},
        ):
            assert undone(lambda path=path, sent=sent: client.post(path, sent)) < 500, path
        for kind, sent in (("application/json", b"[1"), ("multipart/form-data; boundary=x", b"--y\r\n")):
            assert undone(lambda path=path, kind=kind, sent=sent: client.post(path, sent, content_type=kind)) < 500, (
                path
            )


# A bank's notice and another shop's program have no token of ours; a signature or a key takes the token's place.
@pytest.mark.parametrize("name", [name for name in FIELDS if not name.startswith(("api_v1", "api:stripe"))])
def test_a_form_of_another_site_changes_nothing(night: Night, name: str) -> None:  # noqa: F811
    """Without our token, whoever is signed in, it is refused before anything looks at it."""
    counted = (Order, Case, Proof, Remedy, Callback, StatementCheck, Person)
    before = [model.objects.count() for model in counted]
    for who in ("visitor", "customer", "agent"):
        strict = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
        strict.cookies.update(night.clients[who].cookies)
        for path in addresses(night, name):
            for token in ({}, {"csrfmiddlewaretoken": "x" * 64}):
                assert strict.post(path, {**ROWS[name].sent, **token}).status_code == 403, path
    assert [model.objects.count() for model in counted] == before


@pytest.mark.parametrize(
    "cookie",
    ['sessionid="aaaaaaaaaaaa\\000"', 'device="\\000"', 'standing="\\000"', 'django_language="\\000\\377"', "=;;="],
)
def test_no_cookie_breaks(night: Night, cookie: str) -> None:  # noqa: F811
    assert Client(raise_request_exception=False).get("/help/", HTTP_COOKIE=cookie).status_code < 500


@pytest.mark.parametrize(
    "header",
    ["HTTP_ACCEPT_LANGUAGE", "HTTP_USER_AGENT", "HTTP_X_FORWARDED_FOR", "HTTP_REFERER", "HTTP_HOST", "HTTP_HX_REQUEST"],
)
@pytest.mark.parametrize("value", ["", "x" * 9000, "\xff\xfe", "%00", "::::", "1.2.3.4, " * 50, "[::1"])
def test_no_header_breaks(night: Night, header: str, value: str) -> None:  # noqa: F811
    client = Client(raise_request_exception=False)
    sent = {"login": "hana@customer.example", "password": world.PASSWORD}
    assert client.get("/help/", **{header: value}).status_code < 500
    assert client.post("/account/login/", sent, **{header: value}).status_code < 500


def test_a_shop_without_a_number_to_show_still_calls(night: Night, settings) -> None:  # noqa: F811
    settings.MIOBOE_CALLER_ID = ""
    for page in ("call", "waiting"):
        assert night.clients["customer"].get(reverse(f"help:{page}", args=[night.words["case"]])).status_code == 200


@pytest.mark.parametrize("path", ["/help/?x=%00", "/help/cases/%00/", "/goods/%00/"])
def test_a_request_that_is_refused_signs_nobody_out(night: Night, path: str) -> None:  # noqa: F811
    client = night.clients["customer"]
    assert client.get(path).status_code in (400, 404)
    assert client.post("/help/orders/X/", {"words": "\0"}).status_code == 400
    assert client.get("/orders/").status_code == 200
