"""The till's own books. Amounts are whole yen."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from mioboe.payments.gateways.till.numbers import Behaviour


class CardPage(models.Model):
    """A visit to the page on which a card is entered, and what came of it."""

    ref = models.CharField(max_length=40, unique=True)
    person_ref = models.CharField(max_length=60)
    return_url = models.URLField(max_length=500)
    token = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField(default=timezone.now)


class CardOnFile(models.Model):
    """A card that was entered: never its number."""

    token = models.CharField(max_length=100, unique=True)
    brand = models.CharField(max_length=20)
    last4 = models.CharField(max_length=4)
    expires = models.CharField(max_length=7)  # MM/YYYY
    behaviour = models.CharField(max_length=20, choices=Behaviour, default=Behaviour.FINE)


class Payment(models.Model):
    """Money reserved, and how much of it was taken and given back."""

    class State(models.TextChoices):
        AUTHORISED = "authorised"
        CAPTURED = "captured"
        VOIDED = "voided"

    ref = models.CharField(max_length=40, unique=True)
    key = models.CharField(max_length=80, db_index=True)  # not unique: the till forgets keys, as acquirers do
    token = models.CharField(max_length=100)
    reference = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State, default=State.AUTHORISED)
    amount = models.PositiveBigIntegerField()
    captured = models.PositiveBigIntegerField(default=0)
    refunded = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(refunded__lte=F("captured")), name="till_never_over_refunds"),
            models.CheckConstraint(condition=Q(captured__lte=F("amount")), name="till_never_over_captures"),
        ]


class Return(models.Model):
    """Money given back: accepted at once, settled later."""

    class State(models.TextChoices):
        PENDING = "pending"
        SETTLED = "settled"
        FAILED = "failed"

    ref = models.CharField(max_length=40, unique=True)
    key = models.CharField(max_length=80, db_index=True)
    payment = models.ForeignKey(Payment, models.PROTECT)
    amount = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    at = models.DateTimeField(default=timezone.now)


class Key(models.Model):
    """An idempotency key: what was asked with it (a digest) and what the till answered; no answer yet where it gave none."""

    key = models.CharField(max_length=100, unique=True)
    asked = models.CharField(max_length=64)
    answer = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(default=timezone.now)


class Rule(models.Model):
    """How the till misbehaves the next `times` times that it is asked for `verb`; tests switch these on."""

    class What(models.TextChoices):
        NOT_DONE = "not_done"  # the time limit passes before anything is done
        ANSWER_LOST = "answer_lost"  # it is done, but the answer does not arrive
        BROKEN = "broken"  # the till's own fault (an HTTP 500); nothing is done
        SLOW = "slow"  # it answers, after `seconds`
        REFUSES = "refuses"  # it says no, for good

    verb = models.CharField(max_length=20)
    what = models.CharField(max_length=20, choices=What)
    seconds = models.FloatField(default=0)
    times = models.PositiveSmallIntegerField(default=1)
