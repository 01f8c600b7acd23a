"""How it reaches the customer: parcels, and the right to digital goods."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mioboe.orders.models.orders import Line, Order
from mioboe.site.states import Stateful


class AccessState(models.TextChoices):
    GRANTED = "granted", _("can be watched")
    REVOKED = "revoked", _("withdrawn")


class Access(Stateful):
    """The right to a digital good."""

    CHANGES = {AccessState.GRANTED: {AccessState.REVOKED}, AccessState.REVOKED: set()}

    line = models.OneToOneField(Line, models.CASCADE, related_name="access")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="accesses")
    state = models.CharField(max_length=10, choices=AccessState, default=AccessState.GRANTED)
    watched_s = models.PositiveIntegerField(default=0)  # the farthest second seen
    position_s = models.PositiveIntegerField(default=0)  # where it was left
    opened_at = models.DateTimeField(null=True)  # when the film was first sent or seen
    granted_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=AccessState.values), name="access_state_known")
        ]


class ParcelState(models.TextChoices):
    WAITING = "waiting", _("not packed yet")
    STOPPED = "stopped", _("stopped")


class Parcel(Stateful):
    CHANGES = {ParcelState.WAITING: {ParcelState.STOPPED}, ParcelState.STOPPED: set()}

    order = models.ForeignKey(Order, models.CASCADE, related_name="parcels")
    state = models.CharField(max_length=10, choices=ParcelState, default=ParcelState.WAITING)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ParcelState.values), name="parcel_state_known")
        ]
