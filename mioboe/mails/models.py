from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mioboe.site.ids import new_id
from mioboe.site.states import Stateful


class MailState(models.TextChoices):
    QUEUED = "queued", _("on its way")
    SENT = "sent", _("accepted by the mail server")
    FAILED = "failed", _("could not be delivered")


class Mail(Stateful):
    """A mail that we sent or are about to send, as it was sent: the ledger that the mail check asks."""

    CHANGES = {MailState.QUEUED: {MailState.SENT, MailState.FAILED}, MailState.SENT: set(), MailState.FAILED: set()}

    number = models.CharField(max_length=8, unique=True, default=new_id)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="mails")
    to = models.EmailField()
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    # Small files of our own making that go along: {"name": "call.ics", "type": "text/calendar", "text": "…"}
    attached = models.JSONField(default=list)
    message_id = models.CharField(max_length=200, unique=True)
    raw = models.BinaryField(null=True)
    about = ArrayField(models.CharField(max_length=60), default=list)
    state = models.CharField(max_length=10, choices=MailState, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    written_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            GinIndex(fields=["about"], name="mails_about"),
            models.Index(fields=["person", "-written_at"], name="mails_person"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=MailState.values), name="mail_state_known"),
            models.CheckConstraint(
                condition=models.Q(sent_at__isnull=False) | ~models.Q(state=MailState.SENT), name="mail_sent_has_time"
            ),
        ]


class Link(models.Model):
    """A link in one of our mails. It expires, works once, and says to whom it was sent. Only a digest of its secret is
    kept. Opening it changes nothing (scanners do that); `use_link` is called when the person presses on our page."""

    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=40)
    about = models.CharField(max_length=60)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    to = models.EmailField()
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    @property
    def ref(self) -> str:
        return f"link:{self.pk}"
