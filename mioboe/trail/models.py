from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Entry(models.Model):
    """Something that happened: who, what, to what, when, from where. A trigger refuses UPDATE and DELETE."""

    at = models.DateTimeField(db_default=models.functions.Now())
    verb = models.CharField(max_length=60)
    about = ArrayField(models.CharField(max_length=60))
    actor_kind = models.CharField(max_length=10)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    ip = models.GenericIPAddressField(null=True)
    detail = models.JSONField(default=dict)

    looks = 0  # set by `readable_timeline` on the first of a row of looks: how many there were; no column

    class Meta:
        indexes = [
            GinIndex(fields=["about"], name="trail_about"),
            models.Index(fields=["customer", "-at"], name="trail_customer"),
        ]

    @property
    def words(self) -> str:
        """What happened, in the reader's language."""
        from mioboe.trail.words import in_words

        return in_words(self)
