"""What customers see of an order, and undo of it, through the pages."""

import pytest

from mioboe.mails.models import Mail
from mioboe.orders.actions import call_back, hand_over, pack, undo_order
from mioboe.orders.jobs import give_back
from mioboe.orders.models import Access, AccessState, Destination, Order, OrderState
from mioboe.people.models import Person
from mioboe.signins.models import Device, SignIn
from tests import world

pytestmark = pytest.mark.django_db
PRESS = "a-press-of-its-own"


@pytest.fixture
def hana(client) -> Person:
    person = world.customer()
    client.force_login(person)
    return person


def page(client, order: Order, rest: str = "") -> str:
    return client.get(f"/orders/{order.number}/{rest}").content.decode()


def test_it_tells_what_when_how_from_which_device_and_where(client, hana):
    order = world.bought(hana)
    device = Device.objects.create(person=hana, digest="x", browser="Firefox", system="Linux")
    sign_in = SignIn.objects.create(
        person=hana, device=device, session_digest="x", is_familiar=False, country="JP", prefecture="Osaka"
    )
    Order.objects.update(sign_in=sign_in)
    shown = page(client, order)
    for words in ("Falling Stars", "1-click", "Firefox on Linux", "new to this account", "Osaka", "4242", "¥500"):
        assert words in shown
    usual = SignIn.objects.create(person=hana, device=device, session_digest="y", is_familiar=True)
    Order.objects.update(sign_in=usual)
    assert ">known<" in page(client, order)


def test_how_far_a_film_was_watched_is_told_in_words_and_as_a_bar(client, hana):
    order = world.bought(hana)
    product = order.lines.get().product
    product.minutes = 100
    product.save()
    assert "not at all" in page(client, order)
    Access.objects.update(watched_s=4)
    assert "4 seconds: too little to count" in page(client, order)
    Access.objects.update(watched_s=1500)
    shown = page(client, order)
    assert "25:00 of 100:00" in shown and '<progress class="seen" value="25"' in shown
    Access.objects.update(watched_s=6000)
    assert "to the end" in page(client, order)


def test_the_address_is_masked_until_the_owner_asks(client, hana):
    order = world.ordered(hana, (world.kettle(), 1))
    told = Destination("佐藤 花", "150-0001", "Tokyo", "渋谷区神宮前0-0-0")
    Order.objects.update(**told.as_columns())
    masked = page(client, order)
    assert "150-••••" in masked and "佐•••" in masked
    assert "神宮前" not in masked and "佐藤" not in masked and "150-0001" not in masked
    assert "150-0001 Tokyo 渋谷区神宮前0-0-0 佐藤 花" in page(client, order, "?show=address")


def test_every_mail_about_it_is_listed_and_can_be_read_without_its_links(client, hana):
    order = world.bought(hana)
    mail = Mail.objects.get()
    assert mail.subject in page(client, order) and "on its way" in page(client, order)
    assert "It is being written" in page(client, order, f"mails/{mail.number}/")
    world.read("order_confirmed")
    read = page(client, order, f"mails/{mail.number}/")
    assert "Thank you for your order." in read
    assert "not-me" not in read and "://" not in read.split("letter")[1].split("</div>")[0]
    other = world.bought(hana, world.film("other"), "press-other")
    assert client.get(f"/orders/{other.number}/mails/{mail.number}/").status_code == 404


def test_payments_and_refunds_are_told_with_what_is_left(client, hana):
    kettle, film = world.kettle(stock=5), world.film()
    order = world.ordered(hana, (kettle, 1), (film, 1))
    undone = undo_order(order, PRESS, {order.lines.get(product=kettle).pk: 1})
    assert "About to go back" in page(client, order)
    give_back.func(cancellation_id=undone.cancellations[0].pk)
    shown = page(client, order)
    assert "expected by" in shown and "accepted, on its way" in shown
    for amount in ("¥5,300", "¥4,800", "¥500"):
        assert amount in shown
    world.settle_refunds()
    assert "expected by" not in page(client, order)


def test_the_parcels_way_is_told(client, hana):
    order = world.ordered(hana, (world.kettle(), 1))
    assert "To be packed" in page(client, order)
    parcel = order.parcels.get()
    pack(parcel)
    assert "Ask us to stop the parcel" in page(client, order)
    hand_over(parcel)
    shown = page(client, order)
    assert "Parcel handed over to the carrier" in shown and "To be delivered" in shown
    call_back(parcel)
    assert "Parcel called back from the carrier" in page(client, order)


def test_opening_the_undo_page_changes_nothing_and_one_press_undoes(client, hana):
    order = world.bought(hana)
    assert f"/orders/{order.number}/undo/" in page(client, order)
    assert "Undo this order?" in page(client, order, "undo/")
    assert Order.objects.get().state == OrderState.CONFIRMED
    sent = {"press": PRESS, "line": [str(order.lines.get().pk)]}
    for _ in range(2):
        answer = client.post(f"/orders/{order.number}/undo/", sent, follow=True)
        assert "Cancelled: Falling Stars. ¥500 goes back to the card." in answer.content.decode()
    assert Order.objects.get().state == OrderState.CANCELLED
    assert Access.objects.get().state == AccessState.REVOKED
    assert "/undo/" not in page(client, order)
    assert client.get(f"/orders/{order.number}/undo/", follow=True).redirect_chain


def test_one_of_three_pieces_is_undone(client, hana):
    order = world.ordered(hana, (world.kettle(stock=5), 3))
    line = order.lines.get()
    client.post(f"/orders/{order.number}/undo/", {"press": PRESS, "line": [line.pk], f"pieces-{line.pk}": "1"})
    line.refresh_from_db()
    assert line.cancelled == 1
    assert "1 of 3 cancelled" in page(client, order)


@pytest.mark.parametrize(
    "sent",
    [{}, {"press": "short"}, {"press": "x" * 5000}, {"press": PRESS}, {"press": PRESS, "line": "x"},
     {"press": PRESS, "line": "999999999999999999999"}, {"press": PRESS, "line": "own", "pieces": "-1"},
     {"press": PRESS, "line": "own", "pieces": "99"}, {"press": PRESS, "line": "own", "pieces": "１"},
     {"press": PRESS, "line": "own", "pieces": "1e3"}],
)  # fmt: skip
def test_nonsense_undoes_nothing(client, hana, sent):
    order = world.ordered(hana, (world.kettle(stock=5), 3))
    line = order.lines.get()
    form = {"press": sent.get("press", ""), f"pieces-{line.pk}": sent.get("pieces", "1")}
    if "line" in sent:
        form["line"] = str(line.pk) if sent["line"] == "own" else sent["line"]
    assert client.post(f"/orders/{order.number}/undo/", form).status_code == 422
    line.refresh_from_db()
    assert line.cancelled == 0


def test_too_late_is_said_plainly(client, hana):
    order = world.ordered(hana, (world.kettle(stock=5), 1))
    pack(order.parcels.get())
    sent = {"press": PRESS, "line": [str(order.lines.get().pk)]}
    answer = client.post(f"/orders/{order.number}/undo/", sent, follow=True)
    assert "It is too late to undo this alone" in answer.content.decode()


def test_the_same_facts_are_on_the_help_page(client, hana):
    order = world.bought(hana)
    Access.objects.update(watched_s=4)
    shown = client.get(f"/help/orders/{order.number}/").content.decode()
    for words in ("Falling Stars", "4 seconds: too little to count", "4242", "1-click"):
        assert words in shown
