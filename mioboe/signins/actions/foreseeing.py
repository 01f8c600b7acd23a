"""What a sign-in would be called if it were let in now. Writes nothing."""

from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone

from mioboe.people.models import Person
from mioboe.signins.actions.device_secrets import Standing, shown_device, standing
from mioboe.signins.actions.devices import is_known
from mioboe.signins.actions.learning import day_of, read_profile, shown_by
from mioboe.signins.actions.memory import tallies
from mioboe.signins.actions.noting import decide
from mioboe.signins.browsers import clean
from mioboe.signins.familiarity import weigh
from mioboe.signins.models import Attempt, Device, SignIn
from mioboe.signins.places import Place, place_of

# From so many failures at an account on, within two hours, the password alone suffices on no device that it does not know: somebody
# is guessing, from however many networks.
MANY_FAILURES = 50


def device_at_hand(person: Person | None, secret: str) -> tuple[Device | None, bool]:
    """The device that this cookie speaks of, and whether it speaks for it: not where it was removed or the secret is an old one.
    Without a person the work is the same."""
    shown = shown_device(person or Person(pk=0), secret)
    if shown is None:
        return None, False
    return shown[0], standing(*shown) in (Standing.GOOD, Standing.BEFORE)


def needs_second_step(person: Person, ip: str | None, user_agent: str, secret: str) -> bool:
    """Whether a sign-in with the right password must show more before it counts: it is very unfamiliar, or somebody is guessing at
    the account from elsewhere. A known device never must."""
    device, speaks = device_at_hand(person, secret)
    if device is not None and speaks and is_known(device):
        return False
    if not person.devices.exists():
        return False
    return _foresee(
        person, ip, clean(user_agent), device is not None and not speaks
    ).is_very_unfamiliar or _is_guessed_at(person)


def _foresee(person: Person, ip: str | None, user_agent: str, removed: bool) -> SignIn:
    place = place_of(ip) if ip else Place()
    shown = shown_by(ip, place.country, place.asn, user_agent)
    known = read_profile(person.pk)
    sign_in = SignIn(person=person, ip=ip, country=place.country, asn=place.asn, user_agent=user_agent)
    weighed = weigh(known.profile, shown, tallies(), day_of(sign_in)) if known.profile.sign_ins else None
    decide(sign_in, weighed, first_ever=False, proven=False, removed=removed)
    return sign_in


def _is_guessed_at(person: Person) -> bool:
    since = timezone.now() - timedelta(hours=2)
    failures = Attempt.objects.filter(person=person, at__gt=since).aggregate(Sum("times"))["times__sum"]
    return (failures or 0) >= MANY_FAILURES
