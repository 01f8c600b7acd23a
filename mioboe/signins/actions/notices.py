"""Security notices: mails about what the account's owner should look at, each with one link, and never too many of them."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from mioboe.mails.actions import write_mail
from mioboe.mails.links import make_link
from mioboe.mails.words import contact_url
from mioboe.people.elsewhere import is_elsewhere
from mioboe.people.models import Person
from mioboe.people.preferences import clock_of
from mioboe.signins.models import Attempt, Device, Notice, NoticeKind, SignIn
from mioboe.signins.places import Place

LINK_PURPOSE = "sign_in_notice"
LINK_LIFE_S = 30 * 24 * 3600
# Mails about sign-ins that one account gets within 24 hours; what comes beyond is in the history. Whoever has the password must not be
# able to bury the one mail that matters under a hundred.
MOST_MAILS_A_DAY = 5
# Nobody mistypes a password so often within an hour, or from so many networks; below that owners would be frightened by themselves.
MANY_TRIES, MANY_NETWORKS = 10, 3
TRIES_WITHIN = timedelta(hours=1)
DAY = timedelta(days=1)
MOST_PLACES = 3


@dataclass(frozen=True)
class Tries:
    """Sign-ins that failed within the last hour. One hour's row may hold some that are older: at worst a notice comes early."""

    times: int
    networks: int
    last_at: object
    places: tuple[Place, ...] = ()

    @property
    def are_many(self) -> bool:
        return self.times >= MANY_TRIES or self.networks >= MANY_NETWORKS


@transaction.atomic
def tell_of_sign_in(sign_in: SignIn) -> Notice:
    """The notice of an unusual sign-in, with its mail unless the day has had enough of them; in the transaction of the sign-in."""
    person = _locked(sign_in.person_id)
    notice, is_new = Notice.objects.get_or_create(person=person, sign_in=sign_in)
    if is_new and _may_be_mailed(person):
        _mark_mailed(notice)
        write_notice_mail(notice)
    return notice


def write_notice_mail(notice: Notice) -> None:
    """The mail of a sign-in's notice with a link of its own; in the caller's transaction. Called twice, it is two mails."""
    sign_in, person = notice.sign_in, notice.person
    assert sign_in is not None
    secret = make_link(LINK_PURPOSE, notice.ref, person.email, person, LINK_LIFE_S)
    link = settings.MIOBOE_BASE_URL + reverse("help:notice", args=[secret])
    _write("sign_in_notice", notice, sign_in=sign_in, device=sign_in.device, link=link)


@transaction.atomic
def tell_of_copy(device: Device) -> Notice:
    """A copy of a device's secret was shown on a page, not at a sign-in. Called once for a device: `note_copy` says when."""
    person = _locked(device.person_id)
    notice = Notice.objects.create(person=person, kind=NoticeKind.COPIED)
    if _may_be_mailed(person):
        _mark_mailed(notice)
        _write("copied_notice", notice, device=device)
    return notice


@transaction.atomic
def tell_of_tries(person: Person) -> bool:
    """Mails the owner that somebody tries to get in, at most once in 24 hours however many processes ask. False where there is nothing
    to tell or it was told."""
    person = _locked(person.pk)
    tries = tries_at(person)
    if is_elsewhere(person) or not tries.are_many or was_told_of_tries(person):
        return False
    notice = Notice.objects.create(person=person, kind=NoticeKind.TRIED)
    _mark_mailed(notice)
    _write("tries_notice", notice, tries=tries)
    return True


def was_told_of_tries(person: Person) -> bool:
    return _mailed_today(person, NoticeKind.TRIED) > 0


def tries_at(person: Person | None) -> Tries:
    """What failed on the account within the last hour; two queries, whoever it is."""
    rows = Attempt.objects.filter(
        person=person, at__gte=timezone.now() - 2 * TRIES_WITHIN, last_at__gte=timezone.now() - TRIES_WITHIN
    )
    found = rows.aggregate(
        times=Coalesce(Sum("times"), 0), networks=Count("asn", distinct=True), last_at=Max("last_at")
    )
    places = (
        rows.values_list("country", "prefecture").annotate(all_times=Sum("times")).order_by("-all_times")[:MOST_PLACES]
    )
    return Tries(**found, places=tuple(Place(country, prefecture) for country, prefecture, _ in places))


def _locked(person_id: int) -> Person:
    """Whoever tells this person something waits for whoever does so already, so that bounds hold."""
    return Person.objects.select_for_update(no_key=True).get(pk=person_id)


def _may_be_mailed(person: Person) -> bool:
    """Whether there is a mailbox, and it has not had enough of mails about sign-ins and devices for today."""
    return not is_elsewhere(person) and _mailed_today(person, NoticeKind.SIGN_IN, NoticeKind.COPIED) < MOST_MAILS_A_DAY


def _mailed_today(person: Person, *kinds: NoticeKind) -> int:
    return Notice.objects.filter(person=person, kind__in=kinds, mailed_at__gt=timezone.now() - DAY).count()


def _mark_mailed(notice: Notice) -> None:
    notice.mailed_at = timezone.now()
    Notice.objects.filter(pk=notice.pk).update(mailed_at=notice.mailed_at)


def _write(kind: str, notice: Notice, **context: object) -> None:
    person = notice.person
    safety_url = settings.MIOBOE_BASE_URL + reverse("help:safety")
    help_url = contact_url(order="none", about="account")
    with clock_of(person):
        urls = {"safety_url": safety_url, "help_url": help_url}
        write_mail(kind, person, [person.ref, notice.ref], notice=notice, **urls, **context)
