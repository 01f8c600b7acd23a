"""What becomes of an order that waits for its customer: approved, refused, or lapsed; exactly one of them."""

import unicodedata
from contextlib import suppress

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from mioboe.mails.actions import write_mail
from mioboe.orders.actions.asking import code_digest
from mioboe.orders.actions.buying import finish_order
from mioboe.orders.actions.cart import give_lines_back
from mioboe.orders.actions.undoing import put_back, refuse
from mioboe.orders.models import Approval, HowBought, Kind, Order, OrderState
from mioboe.payments import actions as payments
from mioboe.payments.gateways import Unsure
from mioboe.site.live import announce
from mioboe.trail.actions import record

MOST_TRIES = 5
# As many at a time; the next follow in the next round.
MOST_AT_A_TIME = 1000
LINK, CODE, PASSKEY = "link", "code", "passkey"


class NotWaiting(Exception):
    """It was refused or has lapsed: nothing is charged for it any more. Or it was approved, and is no longer to be refused here."""


class WrongCode(Exception):
    """Another code than the newest mail's; `left` tries are left."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


def approve_order(order: Order, how: str) -> Order:
    """The customer has proven to be there (`how`: LINK, CODE, or PASSKEY): from here on the order goes the way of every other, and a job
    sees it through where the caller does not. Charged once however often it is approved. Raises NotWaiting where it was refused or has
    lapsed, which it does here, too."""
    if not _approve(order, how):
        order.refresh_from_db()
        if order.state in (OrderState.REFUSED, OrderState.LAPSED):
            raise NotWaiting(order.number)
    if order.state == OrderState.PLACED:
        with suppress(Unsure):
            finish_order(order)
    return order


def approve_by_code(order: Order, typed: str) -> Order:
    """With the digits from the newest mail. Raises WrongCode, NotWaiting. The fifth wrong one ends all codes of the order; the mailed link
    still works."""
    _must_be_right(order, "".join(filter(str.isdigit, unicodedata.normalize("NFKC", typed)))[:20])
    return approve_order(order, CODE)


def refuse_order(order: Order) -> bool:
    """The customer does not want it. May be called twice; False the second time. Raises NotWaiting where it was approved or has lapsed."""
    with transaction.atomic():
        is_first = refuse(order)
    if not is_first:
        order.refresh_from_db()
        if order.state != OrderState.REFUSED:
            raise NotWaiting(order.number)
    return is_first


def lapse_approvals() -> int:
    """Ends what nobody has approved in time: the stock and the cart get it back, and a mail says so. Answers how many; may be called by
    any number of processes at once."""
    late = Order.objects.filter(state=OrderState.WAITING, approval__expires_at__lte=timezone.now())
    late = late.select_related("customer", "card").order_by("placed_at")
    return sum(_lapse(order) for order in late[:MOST_AT_A_TIME])


@transaction.atomic
def _approve(order: Order, how: str) -> bool:
    """False where somebody was faster, or it was too late."""
    if not Approval.objects.filter(order=order, expires_at__gt=timezone.now()).exists():
        if order.state == OrderState.WAITING:
            _lapse(order)
        return False
    if not order.change(OrderState.WAITING, OrderState.PLACED):
        return False
    Approval.objects.filter(order=order).update(answered_at=timezone.now(), how=how, code_digest="")
    has_parcels = order.lines.filter(kind=Kind.PARCEL).exists()
    order.charge = payments.ask_charge(
        order.customer, order.card, order.total, order.ref, order.charge_key, capture_now=not has_parcels
    )
    record("approval.given", [order.ref, order.customer.ref], order.customer, number=order.number, how=how)
    announce(order.ref)
    return True


def _must_be_right(order: Order, code: str) -> None:
    with transaction.atomic():
        # One after the other: ten at once are ten tries.
        approval = Approval.objects.select_for_update().get(order=order)
        if approval.tries >= MOST_TRIES:
            raise WrongCode(0)
        is_right = bool(approval.code_digest) and constant_time_compare(approval.code_digest, code_digest(order, code))
        if not is_right:
            Approval.objects.filter(pk=approval.pk).update(tries=F("tries") + 1)
    if is_right:
        return
    order.refresh_from_db(fields=["state"])
    if order.state != OrderState.WAITING:
        raise NotWaiting(order.number)
    raise WrongCode(MOST_TRIES - approval.tries - 1)


@transaction.atomic
def _lapse(order: Order) -> bool:
    if not order.change(OrderState.WAITING, OrderState.LAPSED):
        return False
    # Cart before products, as whoever checks out locks them.
    if order.how != HowBought.ONE_CLICK:
        give_lines_back(order)
    put_back(order)
    about = [order.ref, order.customer.ref]
    record("approval.lapsed", about, order.customer, number=order.number)
    lines = list(order.lines.select_related("product"))
    write_mail("approval_lapsed", order.customer, about, order=order, lines=lines)
    announce(order.ref)
    return True
