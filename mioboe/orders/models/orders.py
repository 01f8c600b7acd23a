"""What was bought, how, and for how much."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField

from mioboe.orders.models.goods import Product
from mioboe.payments.models import Card
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
    # No constraint in the database: sign-ins are partitioned, and forgotten after six months (docs/decisions/0005).
    sign_in = models.ForeignKey(SignIn, models.SET_NULL, null=True, db_constraint=False)
    card = models.ForeignKey(Card, models.PROTECT)
    address = models.ForeignKey(Address, models.PROTECT, null=True)
    total = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY")
    placed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["customer", "-placed_at", "-id"], name="orders_customer")]
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
    """What was bought, with title and price as they were then."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT)
    title_ja = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    price = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY")
    quantity = models.PositiveSmallIntegerField(default=1)

    title = Product.title
