"""The mail to a customer who was not reached, with a link to ask again."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from mioboe.calls.models import Callback
from mioboe.cases.models import Case
from mioboe.mails.actions import promise_mail
from mioboe.mails.links import make_link
from mioboe.mails.models import Mail

UNREACHED_MAIL = "not_reached"
AGAIN_PURPOSE = "call_again"
# How long the link works, seconds.
AGAIN_LIFE_S = 7 * 24 * 3600


def write_unreached_mail(callback: Callback) -> None:
    """In the transaction that gives the callback up, so exactly once for it. Its words come when it is sent."""
    case = callback.case
    promise_mail(UNREACHED_MAIL, case.customer, [case.ref, case.customer.ref, callback.topic])


def unreached_mail_context(mail: Mail) -> dict[str, Any]:
    """What its templates need, and a new link in it."""
    case = Case.objects.select_related("customer").get(number=mail.about[0].removeprefix("case:"))
    callback = Callback.objects.get(pk=mail.about[2].removeprefix("call:"))
    secret = make_link(AGAIN_PURPOSE, case.ref, mail.to, case.customer, AGAIN_LIFE_S)
    return {
        "case": case,
        "phone": callback.number,
        "rings": callback.rings,
        "link": settings.MIOBOE_BASE_URL + reverse("help:call_again", args=[secret]),
    }
