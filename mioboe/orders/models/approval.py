"""Approval before the payment: the customer's choice, and what is asked about one order."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField

from mioboe.orders.models.orders import Order


class ApproveWhen(models.TextChoices):
    """From strict to lax."""

    ALWAYS = "always", _("always")
    UNFAMILIAR = "unfamiliar", _("when a device buys that this account does not know")
    NEVER = "never", _("never")


class ApprovalChoice(models.Model):
    """When a customer wants to be asked before anything is charged. Without a row: for devices that are not known."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="approval_choice"
    )
    when = models.CharField(max_length=10, choices=ApproveWhen, default=ApproveWhen.UNFAMILIAR)
    # From this amount on, always; zero: no amount.
    above = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY", default=0)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(when__in=ApproveWhen.values), name="approve_when_known"),
            models.CheckConstraint(condition=models.Q(above__gte=0), name="approve_above_is_not_below_zero"),
        ]


class Why(models.TextChoices):
    """Why an order waits for its customer."""

    ALWAYS = "always", _("You asked to approve every order.")
    AMOUNT = "amount", _("You asked to approve orders from this amount on.")
    DEVICE = "device", _("It was placed from a device that this account does not know.")
    NO_SIGN_IN = "no_sign_in", _("We do not know from which device it was placed.")


class Approval(models.Model):
    """What is asked about one order, written with it. What became of it is the order's state."""

    order = models.OneToOneField(Order, models.CASCADE, primary_key=True, related_name="approval")
    why = models.CharField(max_length=20, choices=Why)
    expires_at = models.DateTimeField()
    code_digest = models.CharField(max_length=64, blank=True)  # of the code in the newest mail
    tries = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    how = models.CharField(max_length=10, blank=True)  # link, code, passkey; "" where it was not approved

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(why__in=Why.values), name="approval_why_known")]
