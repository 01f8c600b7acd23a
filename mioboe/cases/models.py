import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField

from mioboe.orders.models import Order
from mioboe.signins.models import SignIn
from mioboe.site.ids import new_id
from mioboe.site.language import is_japanese
from mioboe.site.states import Stateful


class CaseState(models.TextChoices):
    OPEN = "open", _("open")
    RESOLVING = "resolving", _("being put right")
    RESOLVED = "resolved", _("put right")


class CaseTopic(models.TextChoices):
    ORDER = "order", _("an order")
    TAKEOVER = "takeover", _("somebody else in the account")
    OTHER = "other", _("something else")


class ChannelKind(models.TextChoices):
    PHONE = "phone", _("telephone")
    CHAT = "chat", _("chat")
    MAIL = "mail", _("mail")


class OfferedFor(models.TextChoices):
    """What a customer may have chosen before, for a topic to be among what it may be about."""

    PARCEL = "parcel", _("orders with a parcel")
    FILM = "film", _("orders with a film")
    NOTHING = "nothing", _("no order")


class LeadsTo(models.TextChoices):
    """What comes between the choice and the way to reach us."""

    CONTACT = "contact", _("straight to us")
    REMEMBER = "remember", _("“help me remember”, and the report")
    UNDO = "undo", _("undoing it alone, where that is still possible")
    PARCEL = "parcel", _("where the parcel is")
    SAFETY = "safety", _("who signed in")
    MAIL_CHECK = "mail_check", _("the check of a mail")


class Named(models.Model):
    """Words of the operator's own in both languages, in the order and with the use that the operator gives them. The slug is what
    the rest of the house, addresses and figures know it by; it stays."""

    slug = models.SlugField(max_length=30, unique=True)
    words_ja = models.CharField(max_length=80)
    words_en = models.CharField(max_length=80)
    place = models.PositiveSmallIntegerField(default=0)  # in the list
    is_in_use = models.BooleanField(default=True)

    class Meta:
        abstract = True

    @property
    def words(self) -> str:
        return self.words_ja if is_japanese() else self.words_en


class Topic(Named):
    """What a contact is about, as customers choose it and agents' skills name it."""

    offered_for = ArrayField(models.CharField(max_length=10, choices=OfferedFor), default=list)
    channels = ArrayField(models.CharField(max_length=10, choices=ChannelKind), default=list)

    class Meta:
        ordering = ["place", "pk"]


class Detail(Named):
    """One matter within a topic."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="details")
    leads_to = models.CharField(max_length=12, choices=LeadsTo, default=LeadsTo.CONTACT)
    # Fewer ways to reach us than its topic has; empty: all of them.
    channels = ArrayField(models.CharField(max_length=10, choices=ChannelKind), default=list, blank=True)

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(leads_to__in=LeadsTo.values), name="detail_leads_somewhere")
        ]

    @property
    def ways(self) -> list[str]:
        """By which channels somebody may reach us about it."""
        return [channel for channel in self.topic.channels if channel in self.channels or not self.channels]


class Case(Stateful):
    """One matter from doubt to close."""

    # From which state a case may go where; a further remedy takes a resolved case back to work.
    CHANGES = {
        CaseState.OPEN: {CaseState.RESOLVING},
        CaseState.RESOLVING: {CaseState.RESOLVED},
        CaseState.RESOLVED: {CaseState.RESOLVING},
    }

    number = models.CharField(max_length=8, unique=True, default=new_id)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="cases")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="+")
    # The sign-in that the customer says was somebody else's. No constraint: sign-ins are partitioned, and gone after six months.
    sign_in = models.ForeignKey(SignIn, models.SET_NULL, null=True, related_name="cases", db_constraint=False)
    topic = models.CharField(max_length=10, choices=CaseTopic, default=CaseTopic.ORDER)
    # What the customer chose last on the way to us; none where it was opened otherwise.
    about = models.ForeignKey(Topic, models.PROTECT, null=True, to_field="slug", related_name="+")
    detail = models.ForeignKey(Detail, models.PROTECT, null=True, to_field="slug", related_name="+")
    state = models.CharField(max_length=10, choices=CaseState, default=CaseState.OPEN)
    words = models.TextField(blank=True, max_length=2000)
    opened_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("customer", "order", name="one_case_an_order"),
            models.UniqueConstraint("customer", "sign_in", name="one_case_a_sign_in"),
            models.CheckConstraint(condition=models.Q(topic__in=CaseTopic.values), name="case_topic_known"),
            models.CheckConstraint(condition=models.Q(state__in=CaseState.values), name="case_state_known"),
        ]

    @property
    def ref(self) -> str:
        return f"case:{self.number}"


class ProofKind(models.TextChoices):
    SESSION = "session", _("signed in")
    MAILBOX = "mailbox", _("mailbox: pressed a link that we mailed")
    PHONE = "phone", _("telephone on file: answered there")


class Proof(models.Model):
    """What the person has confirmed in this case. Nothing said over the telephone stands in for one."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="proofs")
    kind = models.CharField(max_length=10, choices=ProofKind)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("case", "kind", name="a_proof_once_a_case")]


class RemedyState(models.TextChoices):
    PLANNED = "planned", _("next")
    RUNNING = "running", _("under way")
    DONE = "done", _("done")
    FAILED = "failed", _("not done")


class Remedy(Stateful):
    """One step of a case's plan. Its key goes to the gateway or shop with it, so that it is done once."""

    # From which state a remedy may go where. running → running is a second try with the same key after a crash; done →
    # planned is for what came undone later: a bank may send a refund back.
    CHANGES = {
        RemedyState.PLANNED: {RemedyState.RUNNING},
        RemedyState.RUNNING: {RemedyState.RUNNING, RemedyState.DONE, RemedyState.FAILED},
        RemedyState.FAILED: {RemedyState.PLANNED},
        RemedyState.DONE: {RemedyState.PLANNED},
    }

    case = models.ForeignKey(Case, models.CASCADE, related_name="remedies")
    kind = models.CharField(max_length=30)
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    state = models.CharField(max_length=10, choices=RemedyState, default=RemedyState.PLANNED)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    planned_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["planned_at", "pk"]
        constraints = [
            # Of one order several lines may be cancelled, and of one line some pieces now and some later.
            models.UniqueConstraint(
                fields=["case", "kind"], condition=~models.Q(kind="cancel_line"), name="a_remedy_once_a_case"
            ),
            models.CheckConstraint(condition=models.Q(state__in=RemedyState.values), name="remedy_state_known"),
            models.CheckConstraint(
                condition=models.Q(done_at__isnull=False) | ~models.Q(state=RemedyState.DONE), name="done_has_a_time"
            ),
        ]


class RemedyLine(models.Model):
    """What of an order a remedy is about, as it was told when it was planned."""

    remedy = models.OneToOneField(Remedy, models.CASCADE, primary_key=True, related_name="line")
    line = models.CharField(max_length=60)  # the shop's own id
    title_ja = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    pieces = models.PositiveSmallIntegerField()
    is_digital = models.BooleanField()
    amount = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY")  # of these pieces

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pieces__gte=1, amount__gt=0), name="a_remedy_line_has_a_piece")
        ]

    @property
    def title(self) -> str:
        return self.title_ja if is_japanese() else self.title_en
