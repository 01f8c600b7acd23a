from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from mioboe.orders.models import Order
from mioboe.signins.actions import keep_months, months, note_attempt, note_sign_in
from mioboe.signins.models import Attempt, SignIn
from tests import world


@pytest.fixture
def now(monkeypatch):
    """The clock of the months and of what is noted."""

    def move(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return move


def partitions(table: str = "signins_signin") -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass ORDER BY 1", [table]
        )
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.django_db
def test_the_coming_months_are_made_and_those_older_than_half_a_year_go(now):
    person = world.customer()
    now(datetime(2031, 1, 15, tzinfo=UTC))
    keep_months()
    old = note_sign_in(person, "133.11.0.1", "", "old", "").sign_in
    note_attempt(person, "133.11.0.1", "")
    order = world.bought(person)
    Order.objects.filter(pk=order.pk).update(sign_in=old)
    now(datetime(2031, 7, 31, 23, 59, tzinfo=UTC))
    assert not [name for name in keep_months() if name.endswith("2031_01")]
    assert SignIn.objects.filter(pk=old.pk).exists()
    now(datetime(2031, 8, 1, tzinfo=UTC))
    assert {"signins_signin_2031_01", "signins_attempt_2031_01"} <= set(keep_months())
    assert keep_months() == []
    assert not SignIn.objects.filter(pk=old.pk).exists() and not Attempt.objects.exists()
    assert Order.objects.select_related("sign_in").get(pk=order.pk).sign_in is None
    assert "signins_signin_2031_11" in partitions() and "signins_signin_2031_12" not in partitions()


@pytest.mark.django_db
def test_a_sign_in_works_though_nobody_made_its_month_and_is_moved_there_later(now):
    person = world.customer()
    now(datetime(2040, 5, 5, tzinfo=UTC))
    noted = note_sign_in(person, "133.11.0.1", "", "s", "").sign_in
    assert "signins_signin_2040_05" not in partitions()
    keep_months()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM signins_signin WHERE id = %s", [noted.pk])
        assert cursor.fetchone()[0] == "signins_signin_2040_05"
    assert SignIn.objects.get(pk=noted.pk).at == noted.at


@pytest.mark.django_db
def test_a_sign_in_is_never_changed():
    note_sign_in(world.customer(), "133.11.0.1", "", "s", "")
    with pytest.raises(DatabaseError), transaction.atomic():
        SignIn.objects.update(is_familiar=False)


@pytest.mark.django_db
def test_an_hour_of_failures_has_a_bounded_number_of_rows():
    person = world.customer()
    for number in range(60):
        note_attempt(person, f"126.0.{number}.1", "curl/8\0")
        note_attempt(None, f"126.0.{number}.1", "curl/8")
    note_attempt(person, "126.0.0.1", "\ud800")
    for whose in (person, None):
        rows = Attempt.objects.filter(person=whose)
        assert rows.count() <= 2 * (months.MONTHS_AHEAD and 21)
        assert sum(rows.values_list("times", flat=True)) == (61 if whose else 60)
