import pytest
from django.db import DatabaseError, transaction

from mioboe.trail.actions import record
from mioboe.trail.models import Entry

pytestmark = pytest.mark.django_db


def test_nothing_in_the_trail_is_changed_or_taken_away():
    record("sign_in", ["person:1"])
    for change in (lambda: Entry.objects.update(verb="other"), lambda: Entry.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert Entry.objects.get().verb == "sign_in"
