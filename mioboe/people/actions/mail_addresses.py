"""A new mail address gives power over the account: two old proofs, a press at the new address, then days in which the old one can
stop it (docs/decisions/another-mail-address.md)."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from mioboe.people.models import MailAddressChange, MailChangeState, Person
from mioboe.people.proofs import Proof
from mioboe.people.signals import mail_change_went_on
from mioboe.site.live import announce

PROOFS_NEEDED = 2
CONFIRM_LIFE = timedelta(hours=24)
LONGEST_SECRET = 100


class NotProven(Exception):
    """Fewer than two proofs that are older than the trouble."""


class AlreadyOnItsWay(Exception):
    """One change at a time: stop the one before it first."""


def ask_for_change(person: Person, new: str, proofs: Iterable[Proof]) -> MailAddressChange:
    """Writes to the new address, which has 24 hours to confirm. Raises NotProven and AlreadyOnItsWay. An address that has an account
    of its own is answered the same, and gets a mail that says so instead: nobody learns here who has an account."""
    kinds = sorted({proof.kind for proof in proofs if proof.is_old_enough})
    if len(kinds) < PROOFS_NEEDED:
        raise NotProven
    secret = secrets.token_urlsafe(32)
    new = new.strip().lower()
    drop_lapsed(person)
    try:
        with transaction.atomic():
            change = MailAddressChange.objects.create(
                person=person, old=person.email, new=new, proofs=kinds, confirm_digest=_digest(secret)
            )
            if Person.objects.filter(email__iexact=new).exists():
                get_adapter().write_mail("account/email/change_taken", new, person.language)
            else:
                url = _address("mail_address_confirm", secret)
                get_adapter().write_mail("account/email/change_confirm", new, person.language, url=url)
            _tell(change, "asked")
    except IntegrityError as error:
        raise AlreadyOnItsWay from error
    return change


def find_to_confirm(secret: str) -> MailAddressChange | None:
    """The change that the link from the new address's mail is about; None once it lapsed, was confirmed or stopped."""
    change = _find("confirm_digest", secret, MailChangeState.ASKED)
    return change if change and change.asked_at > timezone.now() - CONFIRM_LIFE else None


def find_to_stop(secret: str) -> MailAddressChange | None:
    """The change that the link in the old address's mail is about; None once it is done or stopped."""
    return _find("stop_digest", secret, MailChangeState.WAITING)


@transaction.atomic
def confirm_change(change: MailAddressChange) -> bool:
    """The new address said yes: from now on it waits, and the old one is told, with a link to stop it. False where somebody was
    faster, or it was stopped."""
    secret = secrets.token_urlsafe(32)
    now = timezone.now()
    due_at = now + timedelta(hours=settings.MIOBOE_MAIL_CHANGE_WAITS_H)
    facts = {"confirmed_at": now, "due_at": due_at, "stop_digest": _digest(secret)}
    if not change.change(MailChangeState.ASKED, MailChangeState.WAITING, **facts):
        return False
    get_adapter().write_mail(
        "account/email/change_waits",
        change.old,
        change.person.language,
        url=_address("mail_address_stop", secret),
        new=change.new,
        due_at=due_at.isoformat(),
    )
    app.configure_task("people.change_mail_address", schedule_at=due_at).defer(change_id=change.pk)
    _tell(change, "confirmed")
    return True


@transaction.atomic
def stop_change(change: MailAddressChange) -> bool:
    """Everything stays as it is. Needs no proof: it takes power away. False where it had ended before."""
    for state in MailAddressChange.OPEN:
        if change.change(state, MailChangeState.STOPPED, ended_at=timezone.now()):
            get_adapter().write_mail("account/email/change_stopped", change.old, change.person.language, new=change.new)
            _tell(change, "stopped")
            return True
    return False


def stop_changes(person: Person) -> int:
    """Stops what is on its way, if anything: perhaps it was not the owner who asked. May be called twice."""
    return sum(stop_change(change) for change in open_changes(person))


def open_changes(person: Person) -> list[MailAddressChange]:
    return list(MailAddressChange.objects.filter(person=person, state__in=MailAddressChange.OPEN))


def carry_out(change: MailAddressChange, now: datetime) -> bool:
    """Puts the new address in the place of the old one, and tells both. False before it is due, and where it was stopped, done or
    somebody else has that address by now. May be called twice."""
    if change.due_at is None or change.due_at > now:
        return False
    try:
        with transaction.atomic():
            if not change.change(MailChangeState.WAITING, MailChangeState.DONE, ended_at=now):
                return False
            Person.objects.filter(pk=change.person_id).update(email=change.new)
            EmailAddress.objects.filter(user_id=change.person_id).delete()
            EmailAddress.objects.create(user_id=change.person_id, email=change.new, primary=True, verified=True)
            for address in (change.old, change.new):
                get_adapter().write_mail("account/email/change_done", address, change.person.language, new=change.new)
            _tell(change, "done")
    except IntegrityError:
        _lapse(change, MailChangeState.WAITING)
        return False
    return True


def drop_lapsed(person: Person) -> None:
    """Ends a change that the new address did not confirm in time."""
    too_old = timezone.now() - CONFIRM_LIFE
    for change in MailAddressChange.objects.filter(person=person, state=MailChangeState.ASKED, asked_at__lte=too_old):
        _lapse(change, MailChangeState.ASKED)


@transaction.atomic
def _lapse(change: MailAddressChange, state: MailChangeState) -> None:
    if change.change(state, MailChangeState.LAPSED, ended_at=timezone.now()):
        _tell(change, "lapsed")


def _tell(change: MailAddressChange, verb: str) -> None:
    mail_change_went_on.send(sender=MailAddressChange, change=change, verb=verb)
    announce(change.person.ref)


def _find(column: str, secret: str, state: MailChangeState) -> MailAddressChange | None:
    if len(secret) > LONGEST_SECRET:
        return None
    found = MailAddressChange.objects.select_related("person").filter(**{column: _digest(secret)}, state=state)
    return found.first()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _address(name: str, secret: str) -> str:
    return f"{settings.MIOBOE_BASE_URL}{reverse(name, args=[secret])}"
