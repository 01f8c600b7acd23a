from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from mioboe.cases.models import Case
from mioboe.site.states import Stateful


class DutyState(models.TextChoices):
    AVAILABLE = "available", _("on duty")
    BUSY = "busy", _("busy")
    WRAPPING_UP = "wrapping_up", _("wrapping up")
    AWAY = "away", _("away")


class Duty(Stateful):
    """Whether an agent takes calls now, and in which languages."""

    # Going on duty again while on duty changes how calls are put through.
    CHANGES = {
        DutyState.AVAILABLE: {DutyState.AVAILABLE, DutyState.BUSY, DutyState.AWAY},
        DutyState.BUSY: {DutyState.WRAPPING_UP, DutyState.AWAY},
        DutyState.WRAPPING_UP: {DutyState.AVAILABLE, DutyState.AWAY},
        DutyState.AWAY: {DutyState.AVAILABLE, DutyState.AWAY},
    }

    agent = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="duty")
    state = models.CharField(max_length=12, choices=DutyState, default=DutyState.AWAY)
    languages = ArrayField(models.CharField(max_length=5), default=list)
    takes_at_once = models.BooleanField(default=False)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=DutyState.values), name="duty_state_known")]


class CallbackState(models.TextChoices):
    WAITING = "waiting", _("waiting for somebody free")
    OFFERED = "offered", _("somebody is about to call")
    RINGING = "ringing", _("your telephone rings")
    TALKING = "talking", _("talking")
    ENDED = "ended", _("ended")
    MISSED = "missed", _("not answered")
    CANCELLED = "cancelled", _("cancelled")


LIVE = [CallbackState.WAITING, CallbackState.OFFERED, CallbackState.RINGING, CallbackState.TALKING]
WITH_AGENT = [CallbackState.OFFERED, CallbackState.RINGING, CallbackState.TALKING]


class Callback(Stateful):
    """A customer waits to be called about a case; the call itself is the same row."""

    CHANGES = {
        CallbackState.WAITING: {CallbackState.OFFERED, CallbackState.CANCELLED},
        CallbackState.OFFERED: {CallbackState.RINGING, CallbackState.WAITING, CallbackState.CANCELLED},
        CallbackState.RINGING: {CallbackState.TALKING, CallbackState.MISSED, CallbackState.CANCELLED},
        CallbackState.TALKING: {CallbackState.ENDED},
        CallbackState.ENDED: set(),
        CallbackState.MISSED: set(),
        CallbackState.CANCELLED: set(),
    }

    case = models.ForeignKey(Case, models.CASCADE, related_name="callbacks")
    number = PhoneNumberField()
    language = models.CharField(max_length=5)
    state = models.CharField(max_length=10, choices=CallbackState, default=CallbackState.WAITING)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="calls")
    passphrase = models.CharField(max_length=60)
    carrier = models.CharField(max_length=20)
    asked_at = models.DateTimeField(default=timezone.now)
    offered_at = models.DateTimeField(null=True)
    rang_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Sound that arrived, as each side counted it: {"agent": {"sent": …, "received": …}, "customer": …}
    audio = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent"], condition=Q(state__in=WITH_AGENT), name="one_live_call_an_agent"),
            models.UniqueConstraint(fields=["case"], condition=Q(state__in=LIVE), name="one_live_callback_a_case"),
            models.UniqueConstraint(fields=["number"], condition=Q(state__in=LIVE), name="one_live_call_a_number"),
            models.CheckConstraint(
                condition=~Q(state__in=WITH_AGENT) | Q(agent__isnull=False), name="a_call_has_an_agent"
            ),
            models.CheckConstraint(condition=Q(state__in=CallbackState.values), name="callback_state_known"),
        ]
        indexes = [models.Index(fields=["language", "asked_at"], condition=Q(state="waiting"), name="calls_waiting")]

    @property
    def topic(self) -> str:
        return f"call:{self.pk}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE
