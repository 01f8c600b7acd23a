from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField


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

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=20, choices=Role, default=Role.CUSTOMER)
    language = models.CharField(max_length=5, choices=Language, default=Language.JAPANESE)
    time_zone = models.CharField(max_length=50, default="Asia/Tokyo")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    objects: ClassVar[People] = People()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_an_address")]

    def __str__(self) -> str:
        return f"person:{self.pk}"

    @property
    def works_here(self) -> bool:
        return self.role in (Role.AGENT, Role.OPERATOR)

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
