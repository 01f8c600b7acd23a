"""Who takes calls, which ones, and when."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mioboe.calls.models.callbacks import Callback
from mioboe.site.states import Stateful


class DutyState(models.TextChoices):
    AVAILABLE = "available", _("on duty")
    BUSY = "busy", _("busy")
    WRAPPING_UP = "wrapping_up", _("wrapping up")
    AWAY = "away", _("away")


class AwayReason(models.TextChoices):
    """Why an agent is away who did not step away herself; she is told."""

    OWN = "", _("you stepped away")
    NOT_TAKEN = "not_taken", _("you did not take a call in time; it went to somebody else")
    GONE = "gone", _("this page was closed or lost its connection")
    SHIFT_OVER = "shift_over", _("your shift is over")


class Duty(Stateful):
    """Whether an agent takes calls now, and which: in which languages and about which topics (none named: about all)."""

    # Going on duty again while on duty changes how calls are put through.
    CHANGES = {
        DutyState.AVAILABLE: {DutyState.AVAILABLE, DutyState.BUSY, DutyState.AWAY},
        DutyState.BUSY: {DutyState.WRAPPING_UP, DutyState.AVAILABLE, DutyState.AWAY},
        DutyState.WRAPPING_UP: {DutyState.AVAILABLE, DutyState.AWAY},
        DutyState.AWAY: {DutyState.AVAILABLE, DutyState.AWAY},
    }

    agent = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="duty")
    state = models.CharField(max_length=12, choices=DutyState, default=DutyState.AWAY)
    languages = ArrayField(models.CharField(max_length=5), default=list)
    topics = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    takes_at_once = models.BooleanField(default=False)
    since = models.DateTimeField(default=timezone.now)
    why_away = models.CharField(max_length=12, choices=AwayReason, default=AwayReason.OWN, blank=True)
    # She goes away after the call that she has.
    leaves_after = models.BooleanField(default=False)
    # The end of the shift in which she came on duty.
    until = models.DateTimeField(null=True)
    # When her page last told that it is there.
    seen_at = models.DateTimeField(null=True)
    # The call that she has, or wraps up.
    call = models.ForeignKey(Callback, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=DutyState.values), name="duty_state_known")]
        indexes = [models.Index(fields=["since"], condition=Q(state="available"), name="duty_free")]


class Shift(models.Model):
    """When an agent works, each week, in the shop's time zone; one that ends before it begins ends on the next day."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="shifts")
    weekday = models.PositiveSmallIntegerField()  # 0: Monday
    begins_at = models.TimeField()
    ends_at = models.TimeField()

    class Meta:
        ordering = ["weekday", "begins_at"]
        constraints = [
            models.UniqueConstraint(fields=["agent", "weekday", "begins_at"], name="a_shift_once"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="shift_on_a_weekday"),
            models.CheckConstraint(condition=~Q(begins_at=F("ends_at")), name="a_shift_has_a_length"),
        ]
