from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from mioboe.site.states import Stateful


class Role(models.TextChoices):
    CUSTOMER = "customer", _("customer")
    AGENT = "agent", _("agent")
    OPERATOR = "operator", _("operator")


class Language(models.TextChoices):
    JAPANESE = "ja", "日本語"
    ENGLISH = "en", "English"


class People(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **facts: Any) -> "Person":
        """A new person; raises IntegrityError where the address, whatever its capitals, is taken."""
        person = self.model(email=email.strip().lower(), **facts)
        person.set_password(password)
        person.save()
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email__iexact=username)


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account: customer, agent or operator."""

    email = models.EmailField(_("mail address"), unique=True)
    name = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=20, choices=Role, default=Role.CUSTOMER)
    language = models.CharField(max_length=5, choices=Language, default=Language.JAPANESE)
    time_zone = models.CharField(max_length=50, default="Asia/Tokyo")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)
    # Null: as old as the account, as far as anybody knows.
    password_set_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "email"
    objects: ClassVar[People] = People()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_an_address")]

    def __str__(self) -> str:
        return f"person:{self.pk}"

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        self.password_set_at = timezone.now()

    @property
    def works_here(self) -> bool:
        return self.role in (Role.AGENT, Role.OPERATOR)

    @property
    def open_mail_changes(self) -> "models.QuerySet[MailAddressChange]":
        """Another mail address on its way: one at most."""
        return self.mail_changes.filter(state__in=MailAddressChange.OPEN)

    @property
    def desk_topic(self) -> str:
        """On which an agent's screen hears of calls."""
        return f"agent:{self.pk}"

    @property
    def ref(self) -> str:
        """How the trail names this person."""
        return f"person:{self.pk}"


class Phone(models.Model):
    """A number on file. How long it has been there counts as proof (cases): an intruder adds his own just before."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="phones")
    number = PhoneNumberField()
    name = models.CharField(max_length=40, blank=True, default="")  # as its owner calls it
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("person", "number", name="a_number_once_a_person")]


class Address(models.Model):
    """Where parcels go."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="addresses")
    recipient = models.CharField(max_length=100)
    postcode = models.CharField(max_length=10)
    prefecture = models.CharField(max_length=30)
    street = models.CharField(max_length=200)
    since = models.DateTimeField(auto_now_add=True)


class Count(models.Model):
    """How often something was done within a window of time (`limits`). Old rows are dropped by a job."""

    key = models.CharField(max_length=64, primary_key=True)
    began_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    times = models.IntegerField()


class MailChangeState(models.TextChoices):
    ASKED = "asked", _("to be confirmed at the new address")
    WAITING = "waiting", _("waiting")
    DONE = "done", _("done")
    STOPPED = "stopped", _("stopped")
    LAPSED = "lapsed", _("not confirmed in time")


class MailAddressChange(Stateful):
    """A new mail address on its way into the place of the old one: confirmed at the new one, then waiting, while the old one can
    stop it. Of the links' secrets only digests are kept."""

    CHANGES = {
        MailChangeState.ASKED: {MailChangeState.WAITING, MailChangeState.STOPPED, MailChangeState.LAPSED},
        MailChangeState.WAITING: {MailChangeState.DONE, MailChangeState.STOPPED, MailChangeState.LAPSED},
        MailChangeState.DONE: set(),
        MailChangeState.STOPPED: set(),
        MailChangeState.LAPSED: set(),
    }
    OPEN = (MailChangeState.ASKED, MailChangeState.WAITING)

    person = models.ForeignKey(Person, models.CASCADE, related_name="mail_changes")
    old = models.EmailField()
    new = models.EmailField()
    proofs = models.JSONField(default=list)  # by what it was asked for: "password", "mailbox", "passkey", "totp"
    state = models.CharField(max_length=10, choices=MailChangeState, default=MailChangeState.ASKED)
    confirm_digest = models.CharField(max_length=64, unique=True)
    stop_digest = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001  unique where there is one
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "person", condition=models.Q(state__in=["asked", "waiting"]), name="one_open_mail_change_a_person"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=MailChangeState.values), name="mail_change_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="waiting") | models.Q(due_at__isnull=False, stop_digest__isnull=False),
                name="mail_change_waits_for_something",
            ),
        ]
