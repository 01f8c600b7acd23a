from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mioboe.people.models import Person

LONGEST_NAME = 60
LONGEST_SOURCE = 40
LONGEST_REFERENCE = 200


class Scope(models.TextChoices):
    """What a key may be used for."""

    SIGN_INS = "signins", _("report sign-ins and ask for verdicts")


class ApiKey(models.Model):
    """A key with which another program comes in. Its secret is shown once; only a digest is kept."""

    prefix = models.CharField(max_length=8, unique=True)  # the key's public half: how people tell one from another
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=LONGEST_NAME)
    # Whose accounts the key speaks of: two shops' customer "17" are two people. A rotated key keeps it.
    source = models.SlugField(max_length=LONGEST_SOURCE)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)  # to the minute
    ends_at = models.DateTimeField(null=True)  # rotated: from then on the new one alone is good
    revoked_at = models.DateTimeField(null=True)

    @property
    def ref(self) -> str:
        return f"api_key:{self.prefix}"

    @property
    def scope_words(self) -> list[str]:
        return [str(Scope(scope).label) for scope in self.scopes]

    @property
    def is_good(self) -> bool:
        return self.revoked_at is None and (self.ends_at is None or self.ends_at > timezone.now())


class OutsideAccount(models.Model):
    """A customer of another shop, by that shop's own id (docs/decisions/accounts-of-other-shops.md)."""

    source = models.SlugField(max_length=LONGEST_SOURCE)
    reference = models.CharField(max_length=LONGEST_REFERENCE)
    person = models.OneToOneField(Person, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("source", "reference", name="an_outside_account_once")]


class KeptAnswer(models.Model):
    """The answer to a write, for whoever asks again with the same Idempotency-Key: for a day. Readable only with the API key itself and
    the Idempotency-Key, neither of which is kept, as answers hold secrets of devices."""

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)  # of the Idempotency-Key
    asked = models.CharField(max_length=64)  # digest of the request
    answer = models.BinaryField(null=True)
    at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint("key", "digest", name="one_answer_an_idempotency_key")]
