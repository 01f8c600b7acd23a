"""How it reaches the customer: parcels, and the right to digital goods."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mioboe.orders.models.orders import Line, Order
from mioboe.site.states import Stateful

# A player without JavaScript does not tell how far it came: a film that was opened so long ago counts as watched.
COUNTS_AS_WATCHED_OPEN_FOR = timedelta(minutes=10)


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

    @property
    def counts_as_watched(self) -> bool:
        """Whether it was watched for longer than a slip of the finger; `unwatched` asks the database the same."""
        return self.watched_s >= settings.MIOBOE_COUNTS_AS_WATCHED_S or (
            self.opened_at is not None and self.opened_at <= timezone.now() - COUNTS_AS_WATCHED_OPEN_FOR
        )


def unwatched() -> models.Q:
    """Of rights to films: watched for no longer than a slip of the finger."""
    opened_just_now = models.Q(opened_at__gt=timezone.now() - COUNTS_AS_WATCHED_OPEN_FOR)
    return models.Q(watched_s__lt=settings.MIOBOE_COUNTS_AS_WATCHED_S) & (models.Q(opened_at=None) | opened_just_now)


class ParcelState(models.TextChoices):
    WAITING = "waiting", _("not packed yet")
    PACKED = "packed", _("packed")
    HANDED_OVER = "handed_over", _("with the carrier")
    DELIVERED = "delivered", _("delivered")
    STOPPED = "stopped", _("stopped before it left")
    CALLED_BACK = "called_back", _("called back")
    RETURNED = "returned", _("came back")


# Before the carrier has it, the shop alone decides what becomes of a parcel.
STILL_HERE = (ParcelState.WAITING, ParcelState.PACKED)


class Parcel(Stateful):
    """One shipment of an order: everything in it that is a thing and not cancelled."""

    CHANGES = {
        ParcelState.WAITING: {ParcelState.PACKED, ParcelState.STOPPED},
        ParcelState.PACKED: {ParcelState.HANDED_OVER, ParcelState.STOPPED},
        # A parcel that is called back may come to the door all the same: the carrier heard of it too late.
        ParcelState.HANDED_OVER: {ParcelState.DELIVERED, ParcelState.CALLED_BACK},
        ParcelState.CALLED_BACK: {ParcelState.RETURNED, ParcelState.DELIVERED},
        ParcelState.DELIVERED: {ParcelState.RETURNED},
        ParcelState.STOPPED: set(),
        ParcelState.RETURNED: set(),
    }

    order = models.ForeignKey(Order, models.CASCADE, related_name="parcels")
    # The database fills it in from the order (migration 0004), whoever writes the row.
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=12, choices=ParcelState, default=ParcelState.WAITING)
    changed_at = models.DateTimeField(default=timezone.now)
    problem = models.CharField(max_length=200, blank=True)  # why it may not be handed over
    # The gateway was asked for its money and has not answered yet; a job asks again.
    charging_since = models.DateTimeField(null=True)
    # Since when it may not be packed or leave, as nobody knows yet whether the customer ordered it.
    held_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["state", "changed_at"],
                condition=models.Q(state__in=["waiting", "packed", "handed_over", "called_back"]),
                name="parcels_to_see_to",
            ),
            models.Index(
                fields=["customer", "state"],
                condition=~models.Q(state__in=["delivered", "stopped"]),
                name="parcels_customer",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ParcelState.values), name="parcel_state_known")
        ]

    @property
    def ref(self) -> str:
        return f"parcel:{self.pk}"

    @property
    def is_here(self) -> bool:
        return self.state in STILL_HERE
