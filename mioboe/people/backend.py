"""Who is signed in: as allauth says it; only how the person is read is ours, as every request does."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import QuerySet

from mioboe.people.models import Person
from mioboe.site.reads import read_often


@read_often
def _person(number: int) -> QuerySet[Person]:
    return Person.objects.filter(pk=number)


class Accounts(AuthenticationBackend):
    def get_user(self, user_id: int) -> Person | None:
        person = _person(user_id)
        return person if person is not None and self.user_can_authenticate(person) else None
