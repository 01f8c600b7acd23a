"""What was bought, how, and for how much."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField
from moneyed import Money

from mioboe.orders.models.goods import Kind, Product
from mioboe.orders.models.searching import HiraganaOf, Nfkc
from mioboe.payments.models import Card, Charge
from mioboe.people.models import Address
from mioboe.signins.models import SignIn
from mioboe.signins.places import PREFECTURES
from mioboe.site.ids import new_id
from mioboe.site.language import is_japanese
from mioboe.site.states import Stateful


class OneClick(models.Model):
    """A customer's choice to buy with one press, and with which card, to which address."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="one_click")
    is_on = models.BooleanField(default=False)
    card = models.ForeignKey(Card, models.PROTECT)
    address = models.ForeignKey(Address, models.SET_NULL, null=True)
    # On touch screens the button is held for a second: a pocket taps, it does not hold.
    hold_to_buy = models.BooleanField(default=False)


@dataclass(frozen=True)
class Destination:
    """Where a parcel goes, as it was told when it was ordered."""

    recipient: str
    postcode: str  # 150-0001
    prefecture: str  # a key of PREFECTURES
    street: str

    @classmethod
    def of(cls, address: Address) -> Self:
        return cls(address.recipient, address.postcode, address.prefecture, address.street)

    @property
    def prefecture_name(self) -> str:
        """In the reader's language."""
        return PREFECTURES.get(self.prefecture, self.prefecture) if is_japanese() else self.prefecture

    @property
    def masked(self) -> str:
        """Enough to know one's own, and no way there for whoever else reads it: 〒150-•••• Tokyo, H•••"""
        return f"〒{self.postcode[:3]}-•••• {self.prefecture_name}, {self.recipient[:1]}•••"

    @property
    def whole(self) -> str:
        return f"〒{self.postcode} {self.prefecture_name} {self.street} {self.recipient}"

    def as_columns(self) -> dict[str, str]:
        return {f"to_{name}": value for name, value in asdict(self).items()}


class OrderState(models.TextChoices):
    WAITING = "waiting", _("waiting for your approval")
    PLACED = "placed", _("waiting for the payment")
    CONFIRMED = "confirmed", _("confirmed")
    DECLINED = "declined", _("payment declined")
    CANCELLED = "cancelled", _("cancelled")
    REFUSED = "refused", _("not approved")
    LAPSED = "lapsed", _("not approved in time")


class HowBought(models.TextChoices):
    ONE_CLICK = "one_click", _("1-click")
    CART = "cart", _("cart")
    GUEST = "guest", _("cart, without an account")


# A cart of films and parcels becomes two orders by one press: each has the press with what it is.
PRESS_ENDINGS = {Kind.FILM: "-digital", Kind.PARCEL: "-parcels"}


class Order(Stateful):
    CHANGES = {
        # Nothing was charged, and nothing is sent or watched, before it is placed.
        OrderState.WAITING: {OrderState.PLACED, OrderState.REFUSED, OrderState.LAPSED},
        OrderState.PLACED: {OrderState.CONFIRMED, OrderState.DECLINED},
        OrderState.CONFIRMED: {OrderState.CANCELLED},
        OrderState.DECLINED: set(),
        OrderState.CANCELLED: set(),
        OrderState.REFUSED: set(),
        OrderState.LAPSED: set(),
    }

    number = models.CharField(max_length=8, unique=True, default=new_id)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="orders")
    state = models.CharField(max_length=10, choices=OrderState, default=OrderState.PLACED)
    how = models.CharField(max_length=10, choices=HowBought)
    # One press buys once: the form carries this, and a second order with it is refused by the database.
    press = models.CharField(max_length=40, unique=True)
    # No constraint: sign-ins are partitioned, and gone after six months (docs/decisions/sign-ins-by-month.md).
    sign_in = models.ForeignKey(SignIn, models.SET_NULL, null=True, db_constraint=False)
    card = models.ForeignKey(Card, models.PROTECT)
    # Which saved address it was; it may have been changed or removed since. The parcel goes to `destination`.
    address = models.ForeignKey(Address, models.SET_NULL, null=True)
    to_recipient = models.CharField(max_length=100, blank=True)
    to_postcode = models.CharField(max_length=10, blank=True)
    to_prefecture = models.CharField(max_length=30, blank=True)
    to_street = models.CharField(max_length=200, blank=True)
    # Within this window it was promised to arrive, where something was promised.
    promised_from = models.DateTimeField(null=True)
    promised_by = models.DateTimeField(null=True)
    total = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY")
    placed_at = models.DateTimeField(default=timezone.now)
    # Since when nothing of it leaves the house, and on whose account ("case:K7QM2X9P"): see actions/holding.py.
    held_at = models.DateTimeField(null=True)
    held_for = models.CharField(max_length=60, blank=True)
    # Where it was placed a moment ago, so that whoever sees it through need not read them again; no columns.
    charge: Charge | None = None
    new_lines: "list[Line] | None" = None

    class Meta:
        indexes = [
            # The order history reads its pages from these alone, however long it is: see orders/history.py.
            models.Index(fields=["customer", "-placed_at", "-id"], include=["total"], name="orders_customer"),
            models.Index(
                fields=["customer", "state", "-placed_at", "-id"],
                condition=~models.Q(state="confirmed"),
                name="orders_not_confirmed",
            ),
            # Few at any moment: those that somebody has to see through.
            models.Index(fields=["placed_at"], condition=models.Q(state="placed"), name="orders_waiting"),
            models.Index(fields=["placed_at"], condition=models.Q(state="waiting"), name="orders_to_approve"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=OrderState.values), name="order_state_known"),
            models.CheckConstraint(condition=models.Q(total__gt=0), name="an_order_is_above_zero"),
        ]

    @property
    def ref(self) -> str:
        return f"order:{self.number}"

    @property
    def held_case(self) -> str:
        """The number of the case that a held order waits for; "" where it is no case."""
        kind, _, number = self.held_for.partition(":")
        return number if kind == "case" else ""

    @property
    def charge_key(self) -> str:
        """The idempotency key of the order's one charge."""
        return f"charge-order-{self.number}"

    @property
    def destination(self) -> Destination | None:
        """Where its parcels go; None where it has none."""
        if not self.to_recipient:
            return None
        return Destination(self.to_recipient, self.to_postcode, self.to_prefecture, self.to_street)

    @property
    def bought_with(self) -> "Order | None":
        """The other order of the same press: the films bought with these parcels, or the other way round."""
        films, parcels = PRESS_ENDINGS[Kind.FILM], PRESS_ENDINGS[Kind.PARCEL]
        for mine, other in ((films, parcels), (parcels, films)):
            if self.press.endswith(mine):
                press = self.press.removesuffix(mine) + other
                return Order.objects.filter(customer=self.customer_id, press=press).first()
        return None

    @property
    def taxes(self) -> list[tuple[int, Money]]:
        """The tax within the total: per rate in percent, summed before a fraction is cut off, as an invoice must
        (https://www.nta.go.jp/taxes/shiraberu/taxanswer/shohi/6625.htm)."""
        sums: Counter[int] = Counter()
        for line in self.lines.all():
            sums[line.tax_percent] += int(line.amount.amount)
        return [
            (rate, Money(total * rate // (100 + rate), self.total.currency)) for rate, total in sorted(sums.items())
        ]


class Line(models.Model):
    """What was bought, with title and price as they were then. What is marked with * the database fills in itself from
    the order and the product (migration 0004), whoever writes the row: the history is searched by it."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT)
    title_ja = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    price = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY")  # of one piece
    quantity = models.PositiveSmallIntegerField(default=1)
    tax_percent = models.PositiveSmallIntegerField(default=10)  # within the price
    cancelled = models.PositiveSmallIntegerField(default=0)  # pieces; see Cancellation
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)  # *
    placed_at = models.DateTimeField()  # *
    kind = models.CharField(max_length=10, choices=Kind)  # *
    words = models.GeneratedField(
        expression=HiraganaOf(Lower(Nfkc(models.F("title_ja"), models.Value(" "), models.F("title_en")))),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["customer", "-placed_at", "-order"],
                include=["words", "price", "kind", "cancelled"],
                name="lines_customer",
            )
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(price__gt=0), name="a_line_is_not_free"),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="a_line_has_a_piece"),
            models.CheckConstraint(
                condition=models.Q(cancelled__lte=models.F("quantity")), name="never_cancel_more_than_was_ordered"
            ),
        ]

    @property
    def title(self) -> str:
        return self.title_ja if is_japanese() else self.title_en

    @property
    def left(self) -> int:
        """Pieces that are not cancelled."""
        return self.quantity - self.cancelled

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled == self.quantity

    @property
    def amount(self) -> Money:
        """What all its pieces cost."""
        return self.price * self.quantity

    @property
    def is_film(self) -> bool:
        return self.kind == Kind.FILM


class Cancellation(models.Model):
    """Pieces of a line that are not to be delivered any more, and what is due back for them. Written once a line and
    press; the stock is put back with it."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="cancellations")
    line = models.ForeignKey(Line, models.CASCADE, related_name="cancellations")
    quantity = models.PositiveSmallIntegerField()
    amount = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY")
    press = models.CharField(max_length=40)
    # Whether its money goes back by itself; where a plan of remedies cancels, the plan's own refund gives it back.
    gives_back = models.BooleanField()
    given_back_at = models.DateTimeField(null=True)  # when the gateway had said yes
    problem = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint("line", "press", name="a_line_is_cancelled_once_a_press"),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="a_cancellation_has_a_piece"),
        ]

    @property
    def key(self) -> str:
        """The idempotency key with which its money is given back."""
        return f"cancellation-{self.pk}"
