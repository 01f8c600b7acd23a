"""The mails about a call that was asked for later: confirmed, moved, cancelled; each with an entry for the calendar."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mioboe.calls.calendar import entry
from mioboe.calls.models import Callback
from mioboe.mails.actions import write_mail
from mioboe.mails.links import make_link, spend_links
from mioboe.mails.models import Mail
from mioboe.people.preferences import clock_of
from mioboe.site.context import shop_name
from mioboe.site.templatetags.site_tags import phone_masked

KIND, CANCELLED_KIND = "call_later", "call_later_cancelled"
LINK_PURPOSE = "call_later"
# A call this near needs no mail: it would come with it.
MAILED_FROM = timedelta(minutes=10)
# So long after the call's time the link still shows what became of it.
LINK_OUTLASTS = timedelta(days=1)


def is_mailed(callback: Callback) -> bool:
    return callback.due_at - timezone.now() >= MAILED_FROM


def write_later_mail(callback: Callback) -> None:
    """Confirms the time, in the caller's transaction, with a link to change or cancel it; an earlier mail's link ends."""
    customer, case = callback.case.customer, callback.case
    life = callback.due_at - timezone.now() + LINK_OUTLASTS
    spend_links(purpose(callback.pk), customer)
    secret = make_link(purpose(callback.pk), case.ref, customer.email, customer, int(life.total_seconds()))
    link = settings.MIOBOE_BASE_URL + reverse("help:later", args=[callback.pk, secret])
    _write(KIND, callback, _entry(callback, link), link=link)


def write_cancelled_mail(callback: Callback) -> None:
    """Takes the call out of the calendar again; nothing where it never was in one."""
    if not Mail.objects.filter(kind=KIND, about__contains=[callback.topic]).exists():
        return
    spend_links(purpose(callback.pk), callback.case.customer)
    _write(CANCELLED_KIND, callback, _entry(callback, "", is_cancelled=True), before=callback.due_at)


def write_moved_to_now_mail(callback: Callback, before: datetime) -> None:
    """The customer would rather be called now: the entry for the time that it was (`before`) goes."""
    if Mail.objects.filter(kind=KIND, about__contains=[callback.topic]).exists():
        spend_links(purpose(callback.pk), callback.case.customer)
        gone = _entry(callback, "", is_cancelled=True, at=before)
        _write(CANCELLED_KIND, callback, gone, is_moved_to_now=True, before=before)


def purpose(callback_id: int) -> str:
    """Of the mailed link: each call has its own, so that a new one ends the old ones."""
    return f"{LINK_PURPOSE}:{callback_id}"


def _write(kind: str, callback: Callback, calendar_entry: dict[str, str], **context: object) -> None:
    case, customer = callback.case, callback.case.customer
    with clock_of(customer):
        write_mail(
            kind,
            customer,
            [case.ref, customer.ref, callback.topic],
            attached=[calendar_entry],
            callback=callback,
            case=case,
            **context,
        )


def _entry(callback: Callback, link: str, *, is_cancelled: bool = False, at: datetime | None = None) -> dict[str, str]:
    with translation.override(callback.case.customer.language):
        summary = _("%(shop)s calls you") % {"shop": shop_name()}
        words = _("To %(number)s. Change or cancel: %(link)s") % {
            "number": phone_masked(callback.number),
            "link": link or "–",
        }
    uid = f"call-{callback.pk}@{settings.MIOBOE_MAIL_DOMAIN}"
    text = entry(uid, at or callback.due_at, timezone.now(), summary, words, is_cancelled=is_cancelled)
    method = "CANCEL" if is_cancelled else "PUBLISH"
    return {"name": "call.ics", "type": f"text/calendar; method={method}", "text": text}
