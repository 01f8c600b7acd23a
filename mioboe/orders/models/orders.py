"""What was bought, how, and for how much."""

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
from mioboe.site.ids import new_id
from mioboe.site.states import Stateful


class OneClick(models.Model):
    """A customer's choice to buy with one press, and with which card, to which address."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="one_click")
    is_on = models.BooleanField(default=False)
    card = models.ForeignKey(Card, models.PROTECT)
    address = models.ForeignKey(Address, models.PROTECT, null=True)


class OrderState(models.TextChoices):
    PLACED = "placed", _("waiting for the payment")
    CONFIRMED = "confirmed", _("confirmed")
    DECLINED = "declined", _("payment declined")
    CANCELLED = "cancelled", _("cancelled")


class HowBought(models.TextChoices):
    ONE_CLICK = "one_click", _("1-click")
    CART = "cart", _("cart")


class Order(Stateful):
    CHANGES = {
        OrderState.PLACED: {OrderState.CONFIRMED, OrderState.DECLINED},
        OrderState.CONFIRMED: {OrderState.CANCELLED},
        OrderState.DECLINED: set(),
        OrderState.CANCELLED: set(),
    }

    number = models.CharField(max_length=8, unique=True, default=new_id)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="orders")
    state = models.CharField(max_length=10, choices=OrderState, default=OrderState.PLACED)
    how = models.CharField(max_length=10, choices=HowBought)
    # One press buys once: the form carries this, and a second order with it is refused by the database.
    press = models.CharField(max_length=40, unique=True)
    sign_in = models.ForeignKey(SignIn, models.SET_NULL, null=True)
    card = models.ForeignKey(Card, models.PROTECT)
    address = models.ForeignKey(Address, models.PROTECT, null=True)
    total = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY")
    placed_at = models.DateTimeField(default=timezone.now)
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
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=OrderState.values), name="order_state_known"),
            models.CheckConstraint(condition=models.Q(total__gt=0), name="an_order_is_above_zero"),
        ]

    @property
    def ref(self) -> str:
        return f"order:{self.number}"

    @property
    def charge_key(self) -> str:
        """The idempotency key of the order's one charge."""
        return f"charge-order-{self.number}"


class Line(models.Model):
    """What was bought, with title and price as they were then. What is marked with * the database fills in itself from
    the order and the product (migration 0004), whoever writes the row: the history is searched by it."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT)
    title_ja = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    price = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY")  # of one piece
    quantity = models.PositiveSmallIntegerField(default=1)
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
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="a_line_has_a_piece"),
            models.CheckConstraint(
                condition=models.Q(cancelled__lte=models.F("quantity")), name="never_cancel_more_than_was_ordered"
            ),
        ]

    title = Product.title

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
