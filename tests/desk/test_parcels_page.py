import pytest

from mioboe.orders.jobs import take_the_money
from mioboe.orders.models import Parcel, ParcelState, Product
from mioboe.payments.gateways.till.misbehaving import next_time
from mioboe.payments.gateways.till.models import Rule
from mioboe.people.models import Person, Role
from mioboe.trail.models import Entry
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def parcel() -> Parcel:
    return world.ordered(world.customer(), (world.kettle(stock=5), 2), reserved_only=True).parcels.get()


@pytest.fixture
def operator(client):
    person = Person.objects.create_user("ops@desk.example", world.PASSWORD, role=Role.OPERATOR, language="en")
    client.force_login(person)
    return client


def press(client, parcel: Parcel, verb: str) -> str:
    answer = client.post(f"/desk/parcels/{parcel.pk}/{verb}/", follow=True)
    parcel.refresh_from_db()
    return answer.content.decode()


def test_each_step_is_one_press(operator, parcel):
    assert "2 × Kettle" in operator.get("/desk/parcels/").content.decode()
    for verb, state in (("pack", "packed"), ("hand_over", "handed_over"), ("delivered", "delivered")):
        press(operator, parcel, verb)
        press(operator, parcel, verb)
        assert parcel.state == state
    operator.post("/desk/parcels/came-back/", {"number": parcel.order.number.lower(), "sound": "1"})
    parcel.refresh_from_db()
    assert parcel.state == ParcelState.RETURNED
    assert Product.objects.get().stock == 5
    assert "no delivered parcel" in operator.post("/desk/parcels/came-back/", follow=True).content.decode()


def test_a_parcel_that_is_not_paid_stays_and_says_why(operator, parcel):
    press(operator, parcel, "pack")
    next_time("capture", Rule.What.ANSWER_LOST)
    assert "Nobody knows yet whether it is paid" in press(operator, parcel, "hand_over")
    assert parcel.state == ParcelState.PACKED
    assert "being charged" in operator.get("/desk/parcels/").content.decode()
    take_the_money.func(parcel_id=parcel.pk)
    page = operator.get("/desk/parcels/").content.decode()
    assert "being charged" not in page and "</i>paid</span>" in page
    press(operator, parcel, "hand_over")
    assert parcel.state == ParcelState.HANDED_OVER


def test_a_declined_payment_is_shown_beside_the_parcel(operator, parcel):
    press(operator, parcel, "pack")
    next_time("capture", Rule.What.REFUSES)
    assert "Keep the parcel here, it is not paid" in press(operator, parcel, "hand_over")
    page = operator.get("/desk/parcels/").content.decode()
    assert "</i>held</span>" in page and "1 parcel is held" in page


def test_agents_look_and_do_not_press_and_nobody_else_gets_in(client, parcel):
    paths = ["/desk/parcels/", "/desk/parcels/list/"]
    client.force_login(parcel.order.customer)
    assert [client.get(path).status_code for path in paths] == [403, 403]
    assert client.post(f"/desk/parcels/{parcel.pk}/pack/").status_code == 403
    client.force_login(world.agent())
    assert [client.get(path).status_code for path in paths] == [200, 200]
    assert "/pack/" not in client.get("/desk/parcels/").content.decode()
    assert client.post(f"/desk/parcels/{parcel.pk}/pack/").status_code == 403
    assert client.post("/desk/parcels/came-back/").status_code == 403
    parcel.refresh_from_db()
    assert parcel.state == ParcelState.WAITING


def test_a_verb_that_does_not_exist_is_not_found(operator, parcel):
    assert operator.post(f"/desk/parcels/{parcel.pk}/give_away/").status_code == 404
    assert operator.post("/desk/parcels/99999999/pack/").status_code == 404
    assert operator.get(f"/desk/parcels/{parcel.pk}/pack/").status_code == 405


def test_the_packing_list_tells_what_goes_where_and_that_it_was_opened(operator, parcel):
    page = operator.get("/desk/parcels/list/").content.decode()
    assert "2 ×" in page and "Kettle" in page
    assert Entry.objects.filter(verb="parcels.listed", about__contains=[parcel.order.ref]).count() == 1


def test_the_table_costs_the_same_for_many_parcels(operator, parcel, django_assert_max_num_queries):
    with django_assert_max_num_queries(30) as few:
        operator.get("/desk/parcels/")
    for number in range(3):
        world.ordered(parcel.order.customer, (Product.objects.get(), 1), press=f"press-{number}")
    with django_assert_max_num_queries(len(few)):
        operator.get("/desk/parcels/")
