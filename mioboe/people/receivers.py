"""What follows in this room from what allauth does."""

from allauth.account.models import EmailAddress
from allauth.account.signals import password_changed, password_reset, password_set
from django.dispatch import receiver
from django.http import HttpRequest

from mioboe.people.actions import end_all_sessions, stop_changes
from mioboe.people.guesses import forget_guesses
from mioboe.people.models import Person


@receiver([password_changed, password_set], dispatch_uid="end_other_sessions")
def _end_others(sender: type[Person], request: HttpRequest, user: Person, **kwargs: object) -> None:
    end_all_sessions(user, except_key=request.session.session_key or "")


@receiver(password_reset, dispatch_uid="end_all_sessions_after_reset")
def _after_reset(sender: type[Person], request: HttpRequest, user: Person, **kwargs: object) -> None:
    """The mailed link shows that the mailbox is theirs; whoever was in there with the old password is not."""
    end_all_sessions(user)
    stop_changes(user)
    EmailAddress.objects.filter(user=user, email__iexact=user.email).update(verified=True)
    forget_guesses(user)
