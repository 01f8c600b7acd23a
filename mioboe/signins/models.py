from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from mioboe.signins.familiarity import DeviceSeen, NetworkSeen


class Device(models.Model):
    """A browser that a person has signed in with. It proves itself with a secret in a cookie; only a digest is kept."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices")
    digest = models.CharField(max_length=64, unique=True)
    browser = models.CharField(max_length=60)
    system = models.CharField(max_length=60)
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    country = models.CharField(max_length=2, blank=True)
    prefecture = models.CharField(max_length=30, blank=True)
    # Since when its secret speaks for it; a device that came in unusually has to wait for that.
    known_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    @property
    def ref(self) -> str:
        return f"device:{self.pk}"


class SignIn(models.Model):
    """One sign-in: from which device, from about where, and whether that was usual for the account. Never changed; kept for six
    months, in one partition a month (docs/decisions/sign-ins-by-month.md), which is why nothing in the database refers to a row."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_ins", db_constraint=False, db_index=False
    )
    device = models.ForeignKey(
        Device, models.DO_NOTHING, null=True, related_name="sign_ins", db_constraint=False, db_index=False
    )
    at = models.DateTimeField(default=timezone.now)
    ip = models.GenericIPAddressField(null=True)
    country = models.CharField(max_length=2, blank=True)
    prefecture = models.CharField(max_length=30, blank=True)
    asn = models.BigIntegerField(null=True)  # the network operator's number
    user_agent = models.CharField(max_length=400, blank=True)
    session_digest = models.CharField(max_length=64)
    method = models.CharField(max_length=20, blank=True)  # password, passkey, code, …; "" where not known
    is_familiar = models.BooleanField()
    # 1: very unfamiliar. Kept apart from `is_familiar`, as the thresholds may be others tomorrow.
    is_very_unfamiliar = models.BooleanField(default=False)
    # By which power of ten somebody else is likelier than the owner; null where it was decided without.
    score = models.FloatField(null=True)
    network_seen = models.SmallIntegerField(null=True, choices=[(one.value, one.name) for one in NetworkSeen])
    device_seen = models.SmallIntegerField(null=True, choices=[(one.value, one.name) for one in DeviceSeen])
    reasons = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-at"], name="sign_ins_person"),
            models.Index(fields=["session_digest"], name="sign_ins_session"),
        ]


class Attempt(models.Model):
    """Sign-ins that failed within one hour, for the account's own history: never learned from, and never what was typed. An hour
    and account has at most `attempts.MOST_ADDRESSES` rows. In one partition a month, as sign-ins."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="attempts",
        db_constraint=False,
        db_index=False,
    )  # null: no account has that mail address
    at = models.DateTimeField()  # the hour's beginning
    last_at = models.DateTimeField()
    times = models.IntegerField(default=1)
    ip = models.GenericIPAddressField(null=True)  # null: more addresses than are told apart
    country = models.CharField(max_length=2, blank=True)
    prefecture = models.CharField(max_length=30, blank=True)
    asn = models.BigIntegerField(null=True)
    user_agent = models.CharField(max_length=400, blank=True)
    method = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-at"], name="attempts_person")]


class AccountProfile(models.Model):
    """What an account has shown (`familiarity.Profile`): at most 96 keys. Written by compare-and-set on `version`."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    sign_ins = models.IntegerField(default=0)
    keys = ArrayField(models.BigIntegerField(), default=list)
    counts = ArrayField(models.IntegerField(), default=list)
    days = ArrayField(models.IntegerField(), default=list)
    version = models.IntegerField(default=0)


class Feed(models.Model):
    """What one sign-in adds to everybody's tallies; the fold takes it out in the transaction that counts it."""

    keys = ArrayField(models.BigIntegerField())


class Tally(models.Model):
    """How often everybody's sign-ins have shown one key (`familiarity.keys`). Zero: forgotten, and soon gone."""

    key = models.BigIntegerField(primary_key=True)
    count = models.BigIntegerField()
    fold = models.BigIntegerField(db_index=True)  # the fold that changed it last


class Fold(models.Model):
    """How far the tallies are: one row, locked by whoever folds."""

    fold = models.BigIntegerField(default=0)
    sign_ins = models.BigIntegerField(default=0)
    # Forgotten keys are gone up to this fold: whoever was last up to date before it begins anew.
    cleared = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_fold")]


class Level(models.TextChoices):
    UNFAMILIAR = "unfamiliar"
    VERY_UNFAMILIAR = "very_unfamiliar"


class Threshold(models.Model):
    """From which score on a sign-in counts as unfamiliar, as the operator has set it."""

    level = models.CharField(max_length=20, choices=Level.choices, primary_key=True)
    tenths = models.SmallIntegerField()  # the score in tenths: 15 is a score of 1.5
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
