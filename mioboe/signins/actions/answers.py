"""What the owner says about a sign-in: "this was me" or "this was not me", once."""

from django.db import transaction
from django.utils import timezone

from mioboe.signins.actions.devices import know_device
from mioboe.signins.actions.learning import learn
from mioboe.signins.models import Notice, NoticeState, SignIn
from mioboe.site.live import announce
from mioboe.trail.actions import record


def notice_of(sign_in: SignIn) -> Notice:
    """The sign-in's notice; made, and not mailed, where it had none, as owners may answer about any sign-in."""
    return Notice.objects.select_related("sign_in__device", "person").get_or_create(
        sign_in=sign_in, defaults={"person": sign_in.person}
    )[0]


@transaction.atomic
def answer_mine(notice: Notice) -> bool:
    """ "This was me": its device is known from now on, and what it showed is learned. False where it was answered before."""
    if not _answered(notice, NoticeState.MINE):
        return False
    sign_in = notice.sign_in
    if sign_in is not None and not sign_in.is_familiar and (sign_in.device is None or know_device(sign_in.device)):
        learn(sign_in)
    return True


@transaction.atomic
def answer_not_mine(notice: Notice) -> bool:
    """ "This was not me": on record, no more; what follows is the case's plan. False where it was answered before."""
    return _answered(notice, NoticeState.NOT_MINE)


def _answered(notice: Notice, answer: NoticeState) -> bool:
    done = notice.change(NoticeState.OPEN, answer, answered_at=timezone.now())
    if done:
        record(f"sign_in.{answer}", [notice.ref, notice.person.ref], notice.person)
        announce(notice.person.ref)
    return done
