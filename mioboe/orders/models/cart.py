"""What somebody means to buy."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from djmoney.models.fields import MoneyField

from mioboe.orders.models.goods import Product
from mioboe.orders.models.orders import Order

MOST_PIECES = 20  # of one product
MOST_LINES = 50


class Cart(models.Model):
    """A customer's cart, or a visitor's: that one has no person, and only the visitor's session knows it."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="cart")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["changed_at"], condition=models.Q(person__isnull=True), name="carts_of_visitors")
        ]


class CartLine(models.Model):
    """One product in a cart. A line that was removed stays a while, so that it can be put back; one that is being paid for
    is in `order` until the payment is heard of: paid, it is gone; declined, it is in the cart again."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.CASCADE)
    quantity = models.PositiveSmallIntegerField(default=1)
    price_then = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY")  # when it was put in
    put_in_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)
    order = models.ForeignKey(Order, models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cart", "product"], condition=models.Q(order__isnull=True), name="a_product_once_a_cart"
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1, quantity__lte=MOST_PIECES), name="one_to_twenty_pieces"
            ),
        ]
