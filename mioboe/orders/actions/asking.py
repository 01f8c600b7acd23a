"""Whether an order needs its customer's approval before anything is charged, and asking for it."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac
from moneyed import Money

from mioboe.mails.actions import promise_mail
from mioboe.mails.links import make_link
from mioboe.mails.models import Mail
from mioboe.mails.words import contact_url
from mioboe.orders.models import Approval, ApprovalChoice, ApproveWhen, Line, Order, OrderState, Why
from mioboe.orders.refusals import TooManyWaiting
from mioboe.signins.actions.devices import is_known
from mioboe.signins.models import SignIn
from mioboe.trail.actions import record

APPROVE_MAIL = "approve_order"
APPROVE_PURPOSE = "approve"
CODE_DIGITS = 6
# Orders of one customer that wait at a time: whoever is in there without the mailbox can hold no more stock, and send no more mails.
MOST_WAITING = 10


def why_to_approve(choice: ApprovalChoice | None, total: Money, sign_in: SignIn | None) -> Why | None:
    """Why the customer has to be asked first; None where not. `total` is what the whole press buys. Asks the database nothing
    where the sign-in came with its device."""
    when = choice.when if choice else ApproveWhen.UNFAMILIAR
    if when == ApproveWhen.ALWAYS:
        return Why.ALWAYS
    if choice and choice.above.amount > 0 and total >= choice.above:
        return Why.AMOUNT
    if when == ApproveWhen.NEVER:
        return None
    if sign_in is None:
        return Why.NO_SIGN_IN
    return None if _is_usual(sign_in) else Why.DEVICE


def _is_usual(sign_in: SignIn) -> bool:
    """A device that was removed since speaks for nobody; one that the customer has made known since does."""
    device = sign_in.device
    if device is None:
        return sign_in.is_familiar
    return device.revoked_at is None and (sign_in.is_familiar or is_known(device))


def ask_approval(order: Order, lines: list[Line], why: Why) -> None:
    """Writes the question and its mail down, in the transaction of the order. Raises TooManyWaiting."""
    if Order.objects.filter(customer=order.customer_id, state=OrderState.WAITING).count() > MOST_WAITING:
        raise TooManyWaiting
    expires_at = timezone.now() + timedelta(seconds=settings.MIOBOE_APPROVAL_LIFE_S)
    Approval.objects.create(order=order, why=why, expires_at=expires_at)
    customer = order.customer
    about = [order.ref, customer.ref]
    record("approval.asked", about, customer, number=order.number, why=why)
    promise_mail(APPROVE_MAIL, customer, about, lines=lines, others=len(lines))


def approve_mail_context(mail: Mail) -> dict[str, Any]:
    """What its templates need, with a new link and a new code; an older code ends with that."""
    number = mail.about[0].removeprefix("order:")
    order = Order.objects.select_related("customer", "card", "sign_in__device", "approval").get(number=number)
    lines = list(order.lines.select_related("product"))
    code = get_random_string(CODE_DIGITS, "0123456789")
    Approval.objects.filter(pk=order.pk).update(code_digest=code_digest(order, code))
    left_s = (order.approval.expires_at - timezone.now()).total_seconds()
    secret = make_link(APPROVE_PURPOSE, order.ref, mail.to, order.customer, max(0, int(left_s)))
    return {
        "order": order,
        "lines": lines,
        "others": len(lines),
        "sign_in": order.sign_in,
        "why": order.approval.get_why_display(),
        "expires_at": order.approval.expires_at,
        "code": code,
        "link": settings.MIOBOE_BASE_URL + reverse("help:approve", args=[secret]),
        "order_url": settings.MIOBOE_BASE_URL + reverse("shopfront:order", args=[order.number]),
        "help_url": contact_url(order=order.number),
    }


def code_digest(order: Order, code: str) -> str:
    """Six digits are soon tried out by whoever has the database: not without the secret key."""
    return salted_hmac("mioboe.orders.approval", f"{order.number}:{code}", algorithm="sha256").hexdigest()
