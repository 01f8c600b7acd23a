from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mioboe.signins.familiarity import DeviceSeen, NetworkSeen
from mioboe.site.states import Stateful

# Devices from before secrets were replaced show their first cookie, which has none: the SHA-256 of nothing.
_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


class Device(models.Model):
    """A browser that a person has signed in with. It proves itself with a secret in a cookie, which is replaced again and again; only
    digests are kept (actions/device_secrets.py)."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices")
    digest = models.CharField(max_length=64, unique=True)  # finds it, and stays
    secret = models.CharField(max_length=64, default=_OF_NOTHING)  # the newest
    secret_before = models.CharField(max_length=64, blank=True)
    rotated_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)  # since when the newest is in use
    copied_at = models.DateTimeField(null=True)  # an old one was shown after that
    name = models.CharField(max_length=60, blank=True)  # as its owner calls it
    browser = models.CharField(max_length=60)
    system = models.CharField(max_length=60)
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    # About where it was at its last sign-in.
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
        indexes = [models.Index(fields=["person", "-at"], name="sign_ins_person")]


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


class NoticeState(models.TextChoices):
    OPEN = "open", _("not answered")
    MINE = "mine", _("this was me")
    NOT_MINE = "not_mine", _("this was not me")


class NoticeKind(models.TextChoices):
    SIGN_IN = "sign_in"  # somebody came in
    TRIED = "tried"  # somebody tried, again and again
    COPIED = "copied"  # a copy of a device's secret was shown


class Notice(Stateful):
    """A security notice, and what its reader answered: "this was me" or "this was not me", once. A sign-in has at most one; it may come
    to be without a mail, when the day has had enough of them or when the owner answers from the history."""

    CHANGES = {
        NoticeState.OPEN: {NoticeState.MINE, NoticeState.NOT_MINE},
        NoticeState.MINE: set(),
        NoticeState.NOT_MINE: set(),
    }

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=NoticeKind, default=NoticeKind.SIGN_IN)
    # No constraint: sign-ins are partitioned, and gone after six months.
    sign_in = models.OneToOneField(SignIn, models.SET_NULL, null=True, related_name="notice", db_constraint=False)
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.OPEN)
    written_at = models.DateTimeField(default=timezone.now)
    mailed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-written_at"], name="notices_person")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=NoticeState.values), name="notice_state_known"),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=False) | models.Q(state=NoticeState.OPEN),
                name="answer_has_a_time",
            ),
        ]

    @property
    def ref(self) -> str:
        return f"notice:{self.pk}"


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
