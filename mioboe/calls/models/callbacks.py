"""A callback: a customer waits to be called about a case; the call itself is the same row."""

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from mioboe.cases.models import Case
from mioboe.site.language import is_japanese
from mioboe.site.states import Stateful


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


class Reason(models.TextChoices):
    """Why the last ring did not reach the customer."""

    NONE = "", ""
    NO_ANSWER = "no_answer", _("nobody answered")
    BUSY = "busy", _("the line was busy")
    FAILED = "failed", _("the call could not be put through")
    UNREACHABLE = "unreachable", _("the telephone could not be reached")


class Outcome(models.Model):
    """What may come of a call, as the agent says when she wraps up. The operator edits the list; one that is no longer used
    stays for the calls that had it."""

    slug = models.SlugField(max_length=30, unique=True)
    words_ja = models.CharField(max_length=60)
    words_en = models.CharField(max_length=60)
    place = models.PositiveSmallIntegerField(default=0)
    is_used = models.BooleanField(default=True)

    class Meta:
        ordering = ["place", "pk"]

    @property
    def words(self) -> str:
        return self.words_ja if is_japanese() else self.words_en


class Callback(Stateful):
    """A customer waits to be called about a case; the call itself is the same row."""

    CHANGES = {
        # Another number or time.
        CallbackState.WAITING: {CallbackState.WAITING, CallbackState.OFFERED, CallbackState.CANCELLED},
        CallbackState.OFFERED: {CallbackState.RINGING, CallbackState.WAITING, CallbackState.CANCELLED},
        # Back to waiting: nobody answered, and it is tried again.
        CallbackState.RINGING: {
            CallbackState.TALKING,
            CallbackState.WAITING,
            CallbackState.MISSED,
            CallbackState.CANCELLED,
        },
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
    # The contact topic's slug; "": any agent who speaks the language will do.
    about = models.CharField(max_length=30, blank=True, default="")
    # What an agent must serve; the queue is read by it.
    skill = models.GeneratedField(
        expression=Concat("language", Value(":"), "about"),
        output_field=models.CharField(max_length=40),
        db_persist=True,
    )
    asked_at = models.DateTimeField(default=timezone.now)
    # Not called before; between two tries: when the next one is.
    due_at = models.DateTimeField(default=timezone.now)
    # The place in the queue: when it became due for the first time. Passed on or tried again, it keeps its place.
    place_at = models.DateTimeField(default=timezone.now)
    # Whether it may be matched now. A time that passes changes no row: a job does, when it is due.
    is_queued = models.BooleanField(default=True)
    rings = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=12, choices=Reason, default=Reason.NONE, blank=True)
    outcome = models.CharField(max_length=30, blank=True, default="")
    note = models.TextField(max_length=2000, blank=True, default="")
    first_rang_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)  # the agent has put the customer on hold
    offered_at = models.DateTimeField(null=True)
    rang_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    wrapped_at = models.DateTimeField(null=True)
    # Sound that arrived, as each side counted it: {"agent": {"sent": …, "received": …}, "customer": …}
    audio = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent"], condition=Q(state__in=WITH_AGENT), name="one_live_call_an_agent"),
            models.UniqueConstraint(fields=["case"], condition=Q(state__in=LIVE), name="one_live_callback_a_case"),
            # Several may wait for one number, or anybody could hold up somebody else's by typing it.
            models.UniqueConstraint(
                fields=["number"], condition=Q(state__in=WITH_AGENT), name="one_live_call_a_number"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=WITH_AGENT) | Q(agent__isnull=False), name="a_call_has_an_agent"
            ),
            models.CheckConstraint(condition=Q(state__in=CallbackState.values), name="callback_state_known"),
        ]
        indexes = [
            # Whoever waits longest, by language for agents who take every topic, by language and topic for the others.
            models.Index(
                fields=["language", "place_at", "id"],
                condition=Q(state="waiting", is_queued=True),
                name="calls_queue_by_language",
            ),
            models.Index(
                fields=["skill", "place_at", "id"],
                condition=Q(state="waiting", is_queued=True),
                name="calls_queue_by_skill",
            ),
            models.Index(fields=["due_at"], condition=Q(state="waiting", is_queued=False), name="calls_not_due_yet"),
            models.Index(fields=["state"], condition=Q(state__in=WITH_AGENT), name="calls_with_agent"),
            models.Index(fields=["place_at"], name="calls_by_time"),
        ]

    @property
    def topic(self) -> str:
        return f"call:{self.pk}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE
