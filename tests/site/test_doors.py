"""Who gets in where: every route, everybody who may come, and what each is answered. A new route needs a row here."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from mailbox import Maildir
from pathlib import Path
from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from mioboe.api.keys import make_key
from mioboe.calls import actions as calls
from mioboe.calls.later_mails import purpose as later_purpose
from mioboe.cases.actions import open_case
from mioboe.cases.models import ProofKind, Remedy, RemedyState, Topic
from mioboe.demo.mailbox import received
from mioboe.help.contact_links import PURPOSE as CONTACT_PURPOSE
from mioboe.mails.links import make_link
from mioboe.mails.models import Mail
from mioboe.orders.actions import APPROVE_PURPOSE, FILM_LINK_PURPOSE, LINK_PURPOSE, LOWER_PURPOSE
from mioboe.orders.models import ApprovalChoice, ApproveWhen, Category
from mioboe.people.models import Person, Role
from mioboe.signins.actions import LINK_PURPOSE as NOTICE_PURPOSE
from mioboe.signins.actions import note_sign_in, notice_of
from mioboe.statements.actions import check_statement
from tests import world
from tests.statements import files as statements

pytestmark = pytest.mark.django_db
WHO = ("visitor", "customer", "other", "agent", "operator")


@dataclass(frozen=True)
class Row:
    """Statuses for each of WHO (one alone: for all), `arguments` for the address (named in `night`), `sent` by POST."""

    get: str
    post: str
    arguments: tuple[str, ...] = ()
    sent: dict[str, str] = field(default_factory=dict)


READ = {"get": "200", "post": "405"}
READ_SIGNED_IN = {"get": "302 200 200 200 200", "post": "405"}
# Where sign-in is asked for before the method is looked at, a visitor is sent there first.
READ_SIGNED_IN_FIRST = {"get": "302 200 200 200 200", "post": "302 405 405 405 405"}
OWN = {"get": "302 200 404 404 404", "post": "405"}
OWN_CASE = {"get": "404 200 404 404 404", "post": "405"}
DESK = {"get": "302 403 403 200 200", "post": "405"}
DESK_ACTS = {"get": "405", "post": "302 403 403 302 302"}

ROWS = {
    "shopfront:home": Row(**READ),
    "shopfront:product": Row(**READ, arguments=("slug",)),
    "shopfront:buy": Row("405", "302", ("slug",), {"press": "the-press"}),
    "shopfront:orders": Row(**READ_SIGNED_IN),
    "shopfront:order": Row(**OWN, arguments=("order",)),
    "shopfront:watch": Row(**OWN, arguments=("order",)),
    "shopfront:category": Row(**READ, arguments=("shelf",)),
    "shopfront:search": Row(**READ),
    "shopfront:place": Row("405", "302", ("slug",), {"place": "Osaka"}),
    "shopfront:promise": Row(**READ, arguments=("slug",)),
    "shopfront:cart": Row(**READ),
    "shopfront:cart_add": Row("405", "302", ("slug",)),
    "shopfront:cart_change": Row("405", "302", ("slug",), {"quantity": "1"}),
    "shopfront:cart_remove": Row("405", "302", ("slug",)),
    "shopfront:cart_put_back": Row("405", "302", ("slug",)),
    "shopfront:check_out": Row("302", "302"),
    "shopfront:guest": Row("200 302 302 302 302", "422 302 302 302 302"),
    "shopfront:done": Row("404 200 404 404 404", "405", ("order",)),
    "shopfront:settings": Row("302 200 200 200 200", "302"),
    "shopfront:card_enter": Row("405", "302"),
    "shopfront:card_entered": Row("302", "405"),
    "shopfront:card_remove": Row("405", "302 302 404 404 404", ("card",)),
    "shopfront:address_new": Row("302 200 200 200 200", "302 422 422 422 422"),
    "shopfront:address": Row("302 200 404 404 404", "302 422 404 404 404", ("address",)),
    "shopfront:address_remove": Row("405", "302 302 404 404 404", ("address",)),
    "shopfront:orders_csv": Row(**READ_SIGNED_IN),
    "shopfront:approve": Row("405", "302 302 404 404 404", ("waiting",), {"code": "1"}),
    "shopfront:approve_by_passkey": Row("302 302 404 404 404", "302 302 404 404 404", ("waiting",)),
    "shopfront:approval": Row("405", "302", (), {"when": "always"}),
    # Without a choice that would be laxer it leads back to the settings.
    "shopfront:approval_less": Row("302", "302"),
    "shopfront:approval_lower": Row("200 200 403 403 403", "200 200 403 403 403", ("lower_secret",)),
    "shopfront:undo": Row("302 200 404 404 404", "302 422 404 404 404", ("order",)),
    "shopfront:mail": Row(**OWN, arguments=("order", "mail")),
    "shopfront:watch_film": Row(**OWN, arguments=("order", "slug")),
    "shopfront:film_link": Row("200 302 403 403 403", "302 302 403 403 403", ("film_secret",)),
    "shopfront:film_link_new": Row("405", "302", ("film_secret",)),
    "shopfront:clip": Row("302 404 404 404 404", "405", ("order", "slug")),
    "shopfront:progress": Row("405", "302 204 404 404 404", ("order", "slug"), {"position": "1", "farthest": "1"}),
    "help:home": Row(**READ),
    "help:contact": Row(**READ),
    "help:contact_phone": Row("302", "302"),
    "help:number_told": Row("405", "200", (), {"number": "090-1234-5678"}),
    "help:contact_link_ask": Row("405", "200", (), {"mail": "nobody@customer.example"}),
    "help:contact_link": Row("200 302 403 403 403", "302 302 403 403 403", ("contact_secret",)),
    "help:later": Row("200 302 403 403 403", "302 302 403 403 403", ("call", "later_secret")),
    "help:later_new_link": Row("405", "302", ("call", "later_secret")),
    "help:call_change": Row("404 302 404 404 404", "404 302 404 404 404", ("case",), {"when": "keep"}),
    "help:numbers": Row(**READ_SIGNED_IN_FIRST),
    "help:number_add": Row("302", "302"),
    "help:number_name": Row("302 405 405 405 405", "302 302 404 404 404", ("phone",), {"name": "mine"}),
    "help:number_remove": Row("302", "302", ("phone",)),
    "help:not_me": Row("200 200 403 403 403", "302 302 403 403 403", ("secret",)),
    "help:new_link": Row("405", "302", ("secret",)),
    "help:call_again": Row("200 200 403 403 403", "302 302 403 403 403", ("again_secret",)),
    "help:approve": Row("200 200 403 403 403", "302 302 403 403 403", ("approve_secret",), {"do": "approve"}),
    "help:report_order": Row("302 200 404 404 404", "302 302 404 404 404", ("order",)),
    "help:cases": Row(**READ_SIGNED_IN_FIRST),
    "help:case": Row(**OWN_CASE, arguments=("case",)),
    "help:call": Row("404 200 404 404 404", "404 302 404 404 404", ("case",), {"number": "090-1234-5678"}),
    "help:waiting": Row(**OWN_CASE, arguments=("case",)),
    "help:waiting_panel": Row(**OWN_CASE, arguments=("case",)),
    "help:call_verb": Row("405", "404 204 404 404 404", ("case", "hang_up")),
    "help:statement": Row("302 200 404 404 404", "302 422 404 404 404", ("case",)),
    "help:any_statement": Row("302 200 200 200 200", "302 422 422 422 422"),
    "help:statement_line": Row("405", "302 302 404 404 404", ("statement_line",)),
    "help:safety": Row(**READ_SIGNED_IN_FIRST),
    "help:device_name": Row("302 405 405 405 405", "302 302 404 404 404", ("device",), {"name": "mine"}),
    "help:device_remove": Row("302 200 404 404 404", "302 302 404 404 404", ("device",)),
    "help:sign_out": Row("302 200 200 200 200", "302", (), {"keep": "0"}),
    "help:sign_ins": Row(**READ_SIGNED_IN_FIRST),
    "help:sign_ins_csv": Row(**READ_SIGNED_IN),
    "help:sign_in": Row("302 200 404 404 404", "302 302 404 404 404", ("sign_in",), {"answer": "not_mine"}),
    "help:notice": Row("200 200 403 403 403", "302 302 403 403 403", ("notice",), {"answer": "not_mine"}),
    "help:notice_new_link": Row("405", "302", ("notice",)),
    "desk:home": Row(**DESK),
    "desk:panel": Row(**DESK),
    "desk:duty": Row(**DESK_ACTS, arguments=("away",)),
    "desk:call_verb": Row("405", "302 403 403 204 404", ("call", "hang_up")),
    "desk:case": Row(**DESK, arguments=("case",)),
    "desk:resolve": Row(**DESK_ACTS, arguments=("case",), sent={"remedy": "refund"}),
    "desk:lines": Row("302 403 403 200 200", "302 403 403 422 422", ("case",)),
    "desk:again": Row(**DESK_ACTS, arguments=("case", "remedy")),
    "desk:sign_ins": Row(**DESK, arguments=("case",)),
    "desk:release": Row("405", "302 403 403 302 302", ("case", "order")),
    "desk:parcels": Row(**DESK),
    "desk:packing_list": Row(**DESK),
    "desk:parcel_press": Row("405", "302 403 403 403 302", ("parcel", "pack")),
    "desk:parcel_came_back": Row("405", "302 403 403 403 302", (), {"order": "unknown"}),
    "desk:ledger": Row("302 403 403 403 200", "405"),
    "desk:ledger_export": Row("302 403 403 403 200", "405"),
    "desk:limits": Row("302 403 403 403 200", "405"),
    "desk:topics": Row("302 403 403 403 200", "405"),
    "desk:topic_new": Row("302 403 403 403 200", "302 403 403 403 422", ("topic_kind",)),
    "desk:topic": Row("302 403 403 403 200", "302 403 403 403 422", ("topic_kind", "topic")),
    "desk:topic_move": Row("405", "302 403 403 403 302", ("topic_kind", "topic", "down")),
    "desk:thresholds": Row("302 403 403 403 200", "302 403 403 403 422"),
    "api:stripe_webhook": Row("405", "400"),
    "api:reference": Row(**READ),
    # What is sent asks the operator once more.
    "api:keys": Row("302 403 403 403 200", "302 403 403 403 302"),
    "api:key_verb": Row("405", "302 403 403 403 302", ("api_key", "revoke")),
    "api_v1:api-root": Row("404", "404"),
    "api_v1:openapi-json": Row("200", "200"),
    "api_v1:report": Row("405", "401"),
    "api_v1:batch": Row("405", "401"),
    "api_v1:answer": Row("405", "401", ("sign_in",)),
    "till:card": Row("404", "404", ("nonsense",)),
    "demo:home": Row(**READ),
    "demo:stand": Row("405", "302", (), {"place": "osaka"}),
    "demo:mailbox": Row(**READ, arguments=("mail_address",)),
    "demo:mail": Row(**READ, arguments=("mail_address", "mail_key")),
    "demo:mail_html": Row(**READ, arguments=("mail_address", "mail_key")),
    "demo:telephone": Row(**READ, arguments=("number",)),
    "demo:telephone_verb": Row("405", "204", ("number", "hang_up")),
    "demo:statement_csv": Row(**READ_SIGNED_IN),
    "set_language": Row("302", "302", (), {"language": "ja"}),
    "account_login": Row("200 302 302 302 302", "200 302 302 302 302"),
    "account_logout": Row("302 200 200 200 200", "302"),
    "account_inactive": Row(**READ),
    "account_signup": Row("200 302 302 302 302", "200 302 302 302 302"),
    "account_reauthenticate": Row("302 200 200 200 200", "302 200 200 200 200"),
    "reauthenticate_by_code": Row("302 200 200 200 200", "302 422 422 422 422"),
    # A new mail address gives power: nobody has it for a session alone.
    "mail_address": Row("302 200 200 200 200", "302", (), {"new": "thief@evil.example"}),
    "account_email": Row("302 200 200 200 200", "302", (), {"new": "thief@evil.example", "action_add": ""}),
    "mail_address_stop_now": Row("405", "302"),
    "mail_address_stopped": Row(**READ_SIGNED_IN),
    "mail_address_confirm": Row("410", "410", ("nonsense",)),
    "mail_address_stop": Row("410", "410", ("nonsense",)),
    "account_email_verification_sent": Row("302", "302"),
    "account_change_password": Row("302 200 200 200 200", "302 200 200 200 200"),
    "account_set_password": Row("302", "302"),
    "account_reset_password": Row("200", "200"),
    "account_reset_password_done": Row(**READ),
    "account_reset_password_from_key": Row("302", "302", ("person_key", "reset_key")),
    "account_reset_password_from_key_done": Row(**READ),
    "account_request_login_code": Row("200 302 302 302 302", "200 302 302 302 302"),
    "account_confirm_login_code": Row("302", "302"),
    # What keeps an account safe asks who it is once more, whoever is signed in.
    "mfa_index": Row(**READ_SIGNED_IN_FIRST),
    "mfa_authenticate": Row("302", "302"),
    "mfa_reauthenticate": Row("302", "302"),
    "mfa_activate_totp": Row("302", "302"),
    "mfa_deactivate_totp": Row("302", "302"),
    "mfa_view_recovery_codes": Row("302", "302"),
    "mfa_generate_recovery_codes": Row("302", "302"),
    "mfa_download_recovery_codes": Row("302", "302"),
    "mfa_list_webauthn": Row(**READ_SIGNED_IN_FIRST),
    "mfa_add_webauthn": Row("302", "302"),
    "mfa_remove_webauthn": Row("302", "302", ("key",)),
    "mfa_edit_webauthn": Row("302", "302", ("key",)),
    "mfa_reauthenticate_webauthn": Row("302", "302"),
    "mfa_login_webauthn": Row("302", "302"),
    "usersessions_list": Row("302 200 200 200 200", "302"),
}


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield before + str(pattern.name)
        else:
            yield from routes(pattern, before + (f"{pattern.namespace}:" if pattern.namespace else ""))


def test_every_route_has_a_row_and_every_row_a_route():
    assert set(routes(get_resolver())) == set(ROWS)


@dataclass
class Night:
    """An order that Hana does not recognise, its case with a failed remedy, and a call that Kaori has taken."""

    clients: dict[str, Client]
    words: dict[str, Any]


@pytest.fixture
def night(settings, tmp_path: Path) -> Night:
    settings.DATA_DIR = tmp_path
    world.topics()
    hana, other = world.customer(), world.customer("other@customer.example")
    kaori, operator = world.agent(), world.agent("ops@desk.example")
    operator.role = Role.OPERATOR
    operator.save()
    order = world.bought(hana)
    case = open_case(hana, order, ProofKind.MAILBOX)
    remedy = Remedy.objects.create(case=case, kind="cancel", state=RemedyState.FAILED)
    calls.go_on_duty(kaori, takes_at_once=True)
    call = calls.request_callback(case, world.NUMBER, "en")
    calls.take_call(call, kaori)
    letter = EmailMessage()
    letter["Subject"], letter["From"] = "Night", "shop@hoshizora.example"
    letter.set_content("<html><head></head>Good night</html>", subtype="html")
    (tmp_path / "mailbox").mkdir()
    Maildir(tmp_path / "mailbox" / hana.email).add(bytes(letter))
    clients = {"visitor": Client(headers={"accept-language": "en"})}
    for name, person in zip(WHO[1:], (hana, other, kaori, operator), strict=True):
        clients[name] = Client(headers={"accept-language": "en"}, raise_request_exception=False)
        clients[name].force_login(person)
    sign_in = note_sign_in(hana, "185.220.101.1", "curl/8", "elsewhere", "").sign_in
    notice = notice_of(sign_in)
    thing = world.ordered(hana, (world.kettle(), 1))
    ApprovalChoice.objects.filter(person=hana).update(when=ApproveWhen.ALWAYS)
    waiting = world.bought(Person.objects.get(pk=hana.pk), world.film("waiting"), "press-waiting")
    words = {
        "slug": "falling-stars",
        "shelf": Category.objects.create(slug="films", name_ja="映画", name_en="Films").slug,
        "parcel": thing.parcels.get().pk,
        "mail": Mail.objects.get(kind="order_confirmed", person=hana).number,
        "card": hana.cards.get().pk,
        "statement_line": check_statement(hana, statements.OFX_XML.encode()).check.lines.get().pk,
        "address": hana.addresses.get().pk,
        "order": order.number,
        "case": case.number,
        "call": call.pk,
        "remedy": remedy.pk,
        "api_key": make_key("shop", ["signins"])[0].prefix,
        "waiting": waiting.number,
        "approve_secret": make_link(APPROVE_PURPOSE, waiting.ref, hana.email, hana, 60),
        "lower_secret": make_link(LOWER_PURPOSE, "approval:never:", hana.email, hana, 60),
        "sign_in": sign_in.pk,
        "device": sign_in.device_id,
        "notice": make_link(NOTICE_PURPOSE, notice.ref, hana.email, hana, 60),
        "again_secret": make_link(calls.AGAIN_PURPOSE, case.ref, hana.email, hana, 60),
        "contact_secret": make_link(CONTACT_PURPOSE, hana.ref, hana.email, hana, 60),
        "later_secret": make_link(later_purpose(call.pk), case.ref, hana.email, hana, 60),
        "phone": hana.phones.get().pk,
        "topic_kind": "topic",
        "topic": Topic.objects.earliest("place").pk,
        "secret": make_link(LINK_PURPOSE, order.ref, hana.email, hana, 60),
        "film_secret": make_link(FILM_LINK_PURPOSE, order.ref, hana.email, hana, 60),
        "number": world.NUMBER,
        "mail_address": hana.email,
        "mail_key": received(hana.email)[0].key,
        "key": 1,
        "person_key": user_pk_to_url_str(hana),
        "reset_key": default_token_generator.make_token(hana),
    }
    return Night(clients, words)


def statuses(night: Night, method: str, path: str, sent: dict[str, str]) -> str:
    """What each of WHO is answered, each in a world that the others have not changed."""
    answers = []
    for name in WHO:
        client = night.clients[name]
        cookies = dict(client.cookies)
        # A savepoint rather than `atomic`: the till refuses to work inside anybody's transaction.
        before = transaction.savepoint()
        answers.append(str(getattr(client, method)(path, sent).status_code))
        transaction.savepoint_rollback(before)
        client.cookies.clear()
        client.cookies.update(cookies)
    return " ".join(answers)


def spread(expected: str) -> str:
    return " ".join([expected] * len(WHO)) if " " not in expected else expected


@pytest.mark.parametrize("name", ROWS)
def test_everybody_meets_what_is_theirs(night: Night, name: str) -> None:
    row = ROWS[name]
    path = reverse(name, args=[night.words.get(argument, argument) for argument in row.arguments])
    assert statuses(night, "get", path, {}) == spread(row.get), f"GET {path}"
    assert statuses(night, "post", path, row.sent) == spread(row.post), f"POST {path}"


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.get != "405"])
def test_looking_changes_nothing(night: Night, name: str) -> None:
    """Mail scanners and prefetching browsers open everything."""
    from mioboe.trail.models import Entry

    row = ROWS[name]
    path = reverse(name, args=[night.words.get(argument, argument) for argument in row.arguments])
    before = Entry.objects.count()
    for client in night.clients.values():
        client.get(path)
        client.head(path)
    seen = set(Entry.objects.order_by("id").values_list("verb", flat=True)[before:])
    assert seen <= {"case.viewed", "sign_ins.viewed", "parcels.listed"}  # who looked at what is on record
