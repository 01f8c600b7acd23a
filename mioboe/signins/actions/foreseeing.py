"""What a sign-in would be called if it were let in now. Writes nothing."""

from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone

from mioboe.people.models import Person
from mioboe.signins.actions.devices import is_known
from mioboe.signins.actions.learning import read_profile, shown_by
from mioboe.signins.actions.memory import tallies
from mioboe.signins.actions.noting import decide, digest
from mioboe.signins.browsers import clean
from mioboe.signins.familiarity import weigh
from mioboe.signins.models import Attempt, Device, SignIn
from mioboe.signins.places import Place, place_of

# From so many failures at an account on, within two hours, the password alone suffices on no device that it does not know: somebody
# is guessing, from however many networks.
MANY_FAILURES = 50


def device_at_hand(person: Person | None, secret: str) -> Device | None:
    """The device that has this secret, revoked or not. Without a person the work is the same."""
    number = person.pk if person else 0
    found = Device.objects.filter(person_id=number, digest=digest(f"{number}:{secret}")).first()
    return found if secret else None


def needs_second_step(person: Person, ip: str | None, user_agent: str, secret: str) -> bool:
    """Whether a sign-in with the right password must show more before it counts: it is very unfamiliar, or somebody is guessing at
    the account from elsewhere. A known device never must."""
    device = device_at_hand(person, secret)
    if device is not None and is_known(device):
        return False
    if not person.devices.exists():
        return False
    return _foresee(person, ip, clean(user_agent), device).is_very_unfamiliar or _is_guessed_at(person)


def _foresee(person: Person, ip: str | None, user_agent: str, device: Device | None) -> SignIn:
    place = place_of(ip) if ip else Place()
    shown = shown_by(ip, place.country, place.asn, user_agent)
    known = read_profile(person.pk)
    weighed = weigh(known.profile, shown, tallies()) if known.profile.sign_ins else None
    sign_in = SignIn(person=person, ip=ip, country=place.country, asn=place.asn, user_agent=user_agent)
    removed = device is not None and device.revoked_at is not None
    decide(sign_in, weighed, first_ever=False, proven=False, removed=removed)
    return sign_in


def _is_guessed_at(person: Person) -> bool:
    since = timezone.now() - timedelta(hours=2)
    failures = Attempt.objects.filter(person=person, at__gt=since).aggregate(Sum("times"))["times__sum"]
    return (failures or 0) >= MANY_FAILURES
