"""Verbs about cases and their plans."""

import uuid
from collections.abc import Mapping
from contextlib import suppress

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from procrastinate.contrib.django import app

from mioboe.cases.models import Case, CaseState, CaseTopic, Detail, Proof, ProofKind, Remedy, RemedyLine, RemedyState
from mioboe.cases.remedies import KINDS, MOVES_MONEY, kind
from mioboe.cases.remedies.cancel_line import pieces_planned
from mioboe.cases.remedies.hold_orders import orders_in_question
from mioboe.cases.remedies.refund import given_back
from mioboe.orders.models import Order
from mioboe.orders.shops import Answer, ShopLine, shop
from mioboe.people.models import Person
from mioboe.signins.models import SignIn
from mioboe.site.live import announce
from mioboe.trail.actions import record

LONGEST_STORY = 2000
# What one press on "this was not me" does: it takes power away, from whoever it is, and gives none.
SECURING = ("hold_orders", "block_one_click", "end_sessions", "revoke_devices", "send_reset_link")
# Any one of these lets a held order go.
RELEASES = (ProofKind.MAILBOX, ProofKind.PHONE)


class NotTheirs(Exception):
    """The order or sign-in belongs to somebody else, or to another case."""


class NotProven(Exception):
    """The person has not confirmed what this remedy asks for."""


class NotThatMany(Exception):
    """More pieces than can be cancelled of a line, none, or a line that is not the order's."""


class AlreadyPlanned(Exception):
    """Every remedy asked for is in the plan already; somebody was faster."""


def open_case(
    customer: Person,
    order: Order | None,
    proof: ProofKind | None,
    words: str = "",
    sign_in: SignIn | None = None,
    detail: Detail | None = None,
) -> Case:
    """Opens a case about an order, a sign-in or something else, or answers the one that is open about it, and notes what it is about
    and what the person has proven and said: nothing where it is their bank that speaks. May be called twice. Raises NotTheirs."""
    if (order is not None and order.customer_id != customer.pk) or (sign_in and sign_in.person_id != customer.pk):
        raise NotTheirs
    case = _find_or_open(customer, order, sign_in, words, detail)
    if detail is not None:
        _note_detail(case, detail)
    if proof is not None:
        add_proof(case, proof)
    return case


def _find_or_open(
    customer: Person, order: Order | None, sign_in: SignIn | None, words: str, detail: Detail | None
) -> Case:
    topic = CaseTopic.ORDER if order else CaseTopic.TAKEOVER if sign_in else CaseTopic.OTHER
    if topic == CaseTopic.OTHER:
        return _find_or_open_other(customer, words, detail)
    about_it = Case.objects.filter(customer=customer, order=order, sign_in=sign_in, topic=topic)
    before = about_it.order_by("-opened_at").first()
    if before:
        add_words(before, words)
        return before
    try:
        with transaction.atomic():
            return _open(Case(customer=customer, order=order, sign_in=sign_in, topic=topic, words=_kept(words)), detail)
    except IntegrityError:
        case = about_it.get()
        add_words(case, words)
        return case


@transaction.atomic
def _find_or_open_other(customer: Person, words: str, detail: Detail | None) -> Case:
    """Something else has nothing in the database that there is one of: pressed in two tabs at once, the second waits for the first."""
    Person.objects.select_for_update().get(pk=customer.pk)
    others = Case.objects.filter(customer=customer, topic=CaseTopic.OTHER, detail=detail)
    before = others.exclude(state=CaseState.RESOLVED).order_by("-opened_at").first()
    if before:
        add_words(before, words)
        return before
    return _open(Case(customer=customer, topic=CaseTopic.OTHER, words=_kept(words)), detail)


def _open(case: Case, detail: Detail | None) -> Case:
    if detail is not None:
        case.about, case.detail = detail.topic, detail
    case.save()
    order = case.order
    about = [case.ref, case.customer.ref] + ([order.ref] if order else [])
    record("case.opened", about, case.customer, number=case.number)
    if detail is not None:
        _tell_detail(case, detail)
    announce("desk")
    return case


@transaction.atomic
def _note_detail(case: Case, detail: Detail) -> None:
    """What an order's case is about may change: whoever asks where the parcel is may have asked for a receipt before."""
    if case.detail_id != detail.slug:
        case.about, case.detail = detail.topic, detail
        case.save(update_fields=["about", "detail"])
        _tell_detail(case, detail)
        announce(case.ref)


def _tell_detail(case: Case, detail: Detail) -> None:
    # As the operator's words are today: they are what was chosen.
    record("case.about", [case.ref], case.customer, words={"ja": detail.words_ja, "en": detail.words_en})


@transaction.atomic
def secure_account(sign_in: SignIn, proof: ProofKind, words: str = "") -> Case:
    """ "This was not me": opens the case about a sign-in and plans everything that takes power away from whoever is in there. May be
    called twice: what is planned stays planned."""
    case = open_case(sign_in.person, None, proof, words, sign_in)
    wanted = [name for name in SECURING if kind(name).applies(case)]
    with suppress(AlreadyPlanned):
        resolve(case, wanted)
    return case


def release_order(case: Case, order: Order) -> bool:
    """Lets an order that this case holds go its way. A session alone is not enough, as the intruder has one, too. False where it was
    too late for it. Raises NotProven, NotTheirs."""
    if not orders_in_question(case).filter(pk=order.pk).exists():
        raise NotTheirs
    if not case.proofs.filter(kind__in=RELEASES).exists():
        raise NotProven("release")
    return shop().release(order.number, f"release:{case.number}:{order.number}") == Answer.DONE


def _kept(words: str) -> str:
    # Browsers send two characters for a line's end and count one of them towards the field's limit.
    return words.replace("\r\n", "\n").strip()[:LONGEST_STORY]


@transaction.atomic
def add_words(case: Case, words: str) -> None:
    """Keeps what the person says later as well. What is there already is not said twice."""
    more = _kept(words)
    if not more:
        return
    said = Case.objects.select_for_update().get(pk=case.pk).words
    if more not in said:
        case.words = f"{said}\n\n{more}".strip()[:LONGEST_STORY]
        Case.objects.filter(pk=case.pk).update(words=case.words)
        announce(case.ref)


@transaction.atomic
def add_proof(case: Case, proof: ProofKind) -> None:
    """Notes what the person has proven; a second time changes nothing."""
    _, is_new = Proof.objects.get_or_create(case=case, kind=proof)
    if is_new:
        record(f"case.proof.{proof}", [case.ref], case.customer)
        announce(case.ref)


def offered(case: Case) -> list[str]:
    """The remedies that would do something here and are not in the plan yet."""
    planned = set(case.remedies.values_list("kind", flat=True))
    return [name for name in KINDS if name not in planned and kind(name).applies(case)]


@transaction.atomic
def resolve(case: Case, remedies: list[str]) -> list[Remedy]:
    """Writes the remedies into the case's plan and defers the job that walks it. What is in the plan already is left as
    it is. Raises NotProven, AlreadyPlanned, and KeyError for a remedy that does not exist."""
    proven = set(case.proofs.values_list("kind", flat=True))
    for name in remedies:
        if not kind(name).needs & proven:
            raise NotProven(name)
    locked = Case.objects.select_for_update().get(pk=case.pk)
    planned = set(locked.remedies.values_list("kind", flat=True))
    new = [Remedy.objects.create(case=locked, kind=name) for name in KINDS if name in remedies and name not in planned]
    if not new:
        raise AlreadyPlanned
    _set_going(locked, new)
    return new


def cancel_lines(case: Case, pieces: Mapping[str, int], press: str) -> list[Remedy]:
    """Writes into the plan that so many pieces of each line (by the shop's id) are cancelled and their money is given back,
    and defers the job that walks it: a remedy a line, each with a key of its own. The same `press` again answers what it
    planned then. Raises NotProven, NotThatMany. The shop is asked: not inside a transaction."""
    if not kind("cancel_line").needs & set(case.proofs.values_list("kind", flat=True)):
        raise NotProven("cancel_line")
    keys = _keys(case, pieces, press)
    order = shop().find(case.order.number) if case.order else None
    lines = {line.id: line for line in order.lines} if order and order.can_be_cancelled else {}
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        before = list(locked.remedies.filter(key__in=keys.values()))
        if before:
            return before
        planned = pieces_planned(locked)
        for line, number in pieces.items():
            told = lines.get(line)
            if told is None or not 1 <= number <= told.quantity - told.cancelled - planned.get(line, 0):
                raise NotThatMany
        if not pieces:
            raise NotThatMany
        new = [_plan_line(locked, lines[line], number, keys[line]) for line, number in pieces.items()]
        _set_going(locked, new)
    return new


def is_planned(case: Case, pieces: Mapping[str, int], press: str) -> bool:
    """Whether this press has been heard before."""
    return case.remedies.filter(key__in=_keys(case, pieces, press).values()).exists()


def _keys(case: Case, pieces: Mapping[str, int], press: str) -> dict[str, uuid.UUID]:
    """The same press gives each line the same key, so that the database refuses a second remedy of it."""
    return {line: uuid.uuid5(uuid.NAMESPACE_URL, f"{case.ref}/cancel/{press}/{line}") for line in pieces}


def _plan_line(case: Case, line: ShopLine, pieces: int, key: uuid.UUID) -> Remedy:
    remedy = Remedy.objects.create(case=case, kind="cancel_line", key=key)
    RemedyLine.objects.create(
        remedy=remedy,
        line=line.id,
        title_ja=line.title_ja,
        title_en=line.title_en,
        pieces=pieces,
        is_digital=line.is_digital,
        amount=line.price * pieces,
    )
    return remedy


def _set_going(case: Case, new: list[Remedy]) -> None:
    _back_to_work(case)
    record("case.planned", [case.ref], case.customer, remedies=[remedy.kind for remedy in new])
    app.configure_task("cases.walk_plan", lock=case.ref).defer(case_id=case.pk)
    announce(case.ref)


def _back_to_work(case: Case) -> None:
    for old in (CaseState.OPEN, CaseState.RESOLVED):
        case.change(old, CaseState.RESOLVING, resolved_at=None)


def start(remedy: Remedy) -> bool:
    """Begins (or, after a crash, begins again) a remedy. False where it is neither planned nor under way."""
    more = {"attempts": F("attempts") + 1}
    return remedy.change(RemedyState.PLANNED, RemedyState.RUNNING, **more) or remedy.change(
        RemedyState.RUNNING, RemedyState.RUNNING, **more
    )


@transaction.atomic
def note_done(remedy: Remedy) -> bool:
    """Ticks a remedy off. False where it was ticked before."""
    done = remedy.change(RemedyState.RUNNING, RemedyState.DONE, done_at=timezone.now(), problem="")
    if done:
        case = remedy.case
        record(f"remedy.{remedy.kind}.done", [case.ref, f"remedy:{remedy.key}"], case.customer)
        announce(case.ref)
    return done


@transaction.atomic
def note_failed(remedy: Remedy, problem: str) -> bool:
    """A remedy that cannot be done, with the reason for the agent. False where it is not under way."""
    failed = remedy.change(RemedyState.RUNNING, RemedyState.FAILED, problem=problem[:300])
    if failed:
        record(f"remedy.{remedy.kind}.failed", [remedy.case.ref], remedy.case.customer, problem=problem[:300])
        announce(remedy.case.ref)
    return failed


def came_undone(remedy: Remedy) -> bool:
    """Whether a refund that was accepted failed later. Sessions that begin anew are no such thing."""
    if remedy.kind not in MOVES_MONEY or remedy.state != RemedyState.DONE:
        return False
    return bool(given_back(remedy)) and not kind(remedy.kind).is_done(remedy)


@transaction.atomic
def try_again(remedy: Remedy) -> bool:
    """Puts a remedy that failed, or a refund that came undone, back into the plan. False where neither is so."""
    back = remedy.change(RemedyState.FAILED, RemedyState.PLANNED, problem="") or (
        came_undone(remedy) and remedy.change(RemedyState.DONE, RemedyState.PLANNED, done_at=None)
    )
    if back:
        _back_to_work(Case.objects.select_for_update().get(pk=remedy.case_id))
        app.configure_task("cases.walk_plan", lock=remedy.case.ref).defer(case_id=remedy.case_id)
        announce(remedy.case.ref)
    return back


@transaction.atomic
def note_resolved(case: Case) -> bool:
    """Every remedy of the plan is done. False where something is left or it was noted before."""
    if case.remedies.exclude(state=RemedyState.DONE).exists():
        return False
    resolved = case.change(CaseState.RESOLVING, CaseState.RESOLVED, resolved_at=timezone.now())
    if resolved:
        record("case.resolved", [case.ref], case.customer, number=case.number)
        announce(case.ref)
        announce("desk")
    return resolved
