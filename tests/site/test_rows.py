"""A row that `insert` wrote is the row that Django would have written."""

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from moneyed import JPY, Money

from mioboe.mails.models import Mail
from mioboe.orders.models import HowBought, Line, Order
from mioboe.payments.models import Charge
from mioboe.site.rows import add, insert, together, update_if
from mioboe.trail.models import Entry
from tests import world

pytestmark = pytest.mark.django_db
PRICE = Money(500, JPY)


def order(person, press: str = "press-one") -> Order:
    return Order(customer=person, how=HowBought.CART, press=press, card=person.cards.get(), total=PRICE)


def as_kept(row: models.Model) -> dict[str, object]:
    kept = type(row)._base_manager.get(pk=row.pk)
    return {field.attname: getattr(kept, field.attname) for field in row._meta.concrete_fields}


@pytest.fixture
def hana():
    return world.customer()


def test_money_texts_lists_and_details_are_kept_as_they_are(hana):
    rows = [
        order(hana),
        Charge(person=hana, card=hana.cards.get(), reference="order:X", amount=PRICE, key="key-1"),
        Mail(to=hana.email, kind="account", subject="s", text="t", message_id="<1@x>", about=["order:X", "person:1"]),
    ]
    for row in rows:
        given = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields} | {
            "id": insert(row).pk
        }
        assert as_kept(row) == given


def test_what_the_database_fills_in_is_there(hana):
    entry = insert(
        Entry(verb="order.placed", about=["order:X"], actor_kind="system", ip="203.0.113.7", detail={"a": 1})
    )
    kept = Entry.objects.get(pk=entry.pk)
    assert (kept.verb, kept.about, kept.ip, kept.detail) == ("order.placed", ["order:X"], "203.0.113.7", {"a": 1})
    assert abs((timezone.now() - kept.at).total_seconds()) < 60 and entry.at == kept.at
    bought, film = insert(order(hana)), world.film()
    line = insert(Line(order=bought, product=film, title_ja="星", title_en="Star", price=PRICE))
    assert Line.objects.get(pk=line.pk).customer_id == hana.pk


def test_a_written_row_is_one_that_can_be_saved_and_compared(hana):
    written = insert(order(hana))
    assert written == Order.objects.get() and not written._state.adding
    written.press = "press-two"
    written.save()
    assert Order.objects.get().press == "press-two"


def test_rows_of_several_tables_are_written_by_one_statement(hana, django_assert_num_queries):
    told = []
    one, two = order(hana, "press-one"), order(hana, "press-two")
    with django_assert_num_queries(1), together():
        add(one)
        add(two)
        entry = add(
            Entry(verb="order.placed", about=["order:X"], actor_kind="system"), then=lambda: told.append("kept")
        )
        assert not told and one.pk is None
    assert [Order.objects.get(pk=row.pk).press for row in (one, two)] == ["press-one", "press-two"]
    assert told == ["kept"] and entry.at == Entry.objects.get(pk=entry.pk).at
    two.press = "press-three"
    two.save()
    assert Order.objects.get(pk=two.pk).press == "press-three"


def test_a_block_within_a_block_is_part_of_it(hana, django_assert_num_queries):
    one, two = order(hana, "press-one"), order(hana, "press-two")
    with django_assert_num_queries(1), together():
        add(one)
        with together():
            add(two)
        assert one.pk is None and two.pk is None
    assert Order.objects.count() == 2


def test_what_a_savepoint_takes_back_is_not_written_later(hana):
    class Stop(Exception):
        pass

    with together():
        add(order(hana, "press-one"))
        with pytest.raises(Stop), transaction.atomic():
            add(order(hana, "press-two"))
            raise Stop
    assert Order.objects.get().press == "press-one"


def test_nothing_is_written_where_the_block_failed(hana):
    with pytest.raises(KeyError), together():
        add(order(hana, "press-one"))
        raise KeyError
    assert not Order.objects.exists()
    assert add(order(hana, "press-two")).pk == Order.objects.get().pk


def test_a_refused_row_refuses_all_of_them(hana):
    insert(order(hana))
    with pytest.raises(IntegrityError), transaction.atomic(), together():
        add(Entry(verb="order.placed", about=["order:X"], actor_kind="system"))
        add(order(hana))
    assert not Entry.objects.filter(about=["order:X"]).exists()


def test_a_row_is_changed_only_where_it_is_as_expected(hana):
    row = insert(order(hana))
    assert not update_if(row, {"press": "press-two"}, {"total": Money(700, JPY)})
    assert update_if(row, {"press": "press-one", "customer": hana}, {"total": Money(700, JPY)})
    kept = Order.objects.get()
    assert kept.total == Money(700, JPY) and kept.press == "press-one"


def test_what_the_database_refuses_is_refused(hana):
    insert(order(hana))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(order(hana))
