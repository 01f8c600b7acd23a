"""What a `Read` answers is what its query would have answered."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mioboe.orders.models import Order, Product
from mioboe.people.models import Person
from mioboe.site import urls  # noqa: F401 # every room's reads are there once the pages are
from mioboe.site.reads import Read, read_often
from tests import world

pytestmark = pytest.mark.django_db

SAMPLES = {int: 7, str: "seven", datetime: datetime(2026, 11, 25, 1, tzinfo=UTC)}


@pytest.fixture
def reads():
    """Those of the product, without those that tests make."""
    return [read for read in Read.every if read.name.startswith("mioboe.")]


def values(read: Read):
    return [SAMPLES[kind] for name, kind in read.rows.__annotations__.items() if name != "return"]


@transaction.atomic
def test_every_read_asks_what_django_would_ask(reads):
    assert len(reads) > 5
    for read in reads:
        with CaptureQueriesContext(connection) as ours:
            read(*values(read))
        with CaptureQueriesContext(connection) as djangos:
            list(read.rows(*values(read)))
        assert ours[0]["sql"] == djangos[0]["sql"], read.name


def test_a_row_comes_with_its_relations_and_is_one_that_django_made():
    @read_often
    def latest(customer: int, since: datetime) -> models.QuerySet[Order]:
        theirs = Order.objects.filter(customer=customer, placed_at__gte=since)
        return theirs.select_related("card", "address", "customer__approval_choice").order_by("-pk")

    hana = world.customer()
    made, since = world.bought(hana), timezone.now() - timedelta(minutes=1)
    found = latest(hana.pk, since)
    kept = Order.objects.get(pk=made.pk)
    assert {f.attname: getattr(found, f.attname) for f in Order._meta.concrete_fields} == {
        f.attname: getattr(kept, f.attname) for f in Order._meta.concrete_fields
    }
    with CaptureQueriesContext(connection) as asked:
        assert found.card.last4 and found.address is None and found.customer.approval_choice.when == "never"
    assert not asked
    found.held_for = "case:X"
    found.save()
    assert Order.objects.get(pk=made.pk).held_for == "case:X"


def test_nobody_there_is_none_and_each_asks_for_its_own():
    @read_often
    def person(mail: str) -> models.QuerySet[Person]:
        return Person.objects.filter(email=mail).only("name")

    hana, ben = world.customer(), world.customer("ben@customer.example")
    assert person(hana.email) == hana and person(ben.email) == ben and person("nobody@customer.example") is None
    assert person(hana.email).get_deferred_fields() >= {"language"} and person(hana.email).language == hana.language


def test_a_query_that_does_not_hold_its_parameter_is_refused():
    @read_often
    def any_product(number: int) -> models.QuerySet[Product]:
        return Product.objects.all()

    with pytest.raises(TypeError, match="any_product"):
        any_product(1)


@pytest.mark.django_db(transaction=True)
def test_a_row_is_locked_only_inside_a_transaction():
    @read_often
    def locked(number: int) -> models.QuerySet[Person]:
        return Person.objects.select_for_update().filter(pk=number)

    hana = world.customer()
    for _ in range(2):
        with pytest.raises(transaction.TransactionManagementError):
            locked(hana.pk)
        with transaction.atomic():
            assert locked(hana.pk) == hana
