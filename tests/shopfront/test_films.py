import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mioboe.orders.actions import note_progress, revoke_access
from mioboe.orders.models import Access, Product
from mioboe.shopfront.views.films import PIECE
from mioboe.trail.models import Entry
from tests import world

pytestmark = pytest.mark.django_db
BYTES = bytes(number % 251 for number in range(PIECE + 1000))


@pytest.fixture
def bought(client, settings, tmp_path):
    """A film of 24 seconds, bought by who is signed in."""
    settings.MIOBOE_FILMS_DIR = tmp_path
    (tmp_path / "stars.webm").write_bytes(BYTES)
    film = world.film()
    Product.objects.filter(pk=film.pk).update(film_file="stars.webm", film_s=24)
    hana = world.customer()
    order = world.bought(hana, film)
    client.force_login(hana)
    return order


def address(order, what):
    return f"/orders/{order.number}/watch/falling-stars/{what}"


def right(order) -> Access:
    return Access.objects.select_related("line__product", "line__order", "person").get(line__order=order)


def clip(client, order, asked="bytes=0-", **headers):
    return client.get(address(order, "clip/"), headers={"Range": asked, **headers} if asked else headers)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-", 0, PIECE),
        ("bytes=10-19", 10, 20),
        ("bytes=500000-", 500000, len(BYTES)),
        ("bytes=-7", len(BYTES) - 7, len(BYTES)),
        (f"bytes={len(BYTES) - 1}-99999999", len(BYTES) - 1, len(BYTES)),
    ],
)
def test_a_film_goes_out_in_pieces(client, bought, asked, start, end):
    answer = clip(client, bought, asked)
    assert answer.status_code == 206
    assert answer.content == BYTES[start:end]
    assert answer["Content-Range"] == f"bytes {start}-{end - 1}/{len(BYTES)}"
    assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]


@pytest.mark.parametrize("asked", [f"bytes={len(BYTES)}-", "bytes=999999999999-", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_had(client, bought, asked):
    answer = clip(client, bought, asked)
    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{len(BYTES)}"


@pytest.mark.parametrize("asked", ["", "bytes=-", "bytes=5-2", "chunks=1-2", "bytes=0-1,4-5", "bytes=x-"])
def test_what_is_no_single_range_gets_the_whole_small_film(client, bought, asked):
    answer = clip(client, bought, asked)
    assert (answer.status_code, answer.content) == (200, BYTES)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.text(alphabet="bytes=-0123456789, ", max_size=40))
def test_no_range_breaks_it(client, bought, asked):
    assert clip(client, bought, asked).status_code in (200, 206, 416)


def test_pieces_of_another_film_are_not_mixed(client, bought):
    tag = clip(client, bought)["ETag"]
    assert clip(client, bought, "bytes=5-9", **{"If-Range": tag}).status_code == 206
    assert clip(client, bought, "bytes=5-9", **{"If-Range": '"older"'}).status_code == 200


def test_nobody_else_may_watch(client, bought):
    client.force_login(world.customer("ben@customer.example"))
    for what in ("", "clip/"):
        assert client.get(address(bought, what)).status_code == 404
    assert client.post(address(bought, "progress/"), {"position": "1", "farthest": "1"}).status_code == 404
    client.logout()
    assert clip(client, bought).status_code == 302


def test_a_withdrawn_right_ends_at_the_next_request(client, bought):
    assert clip(client, bought).status_code == 206
    revoke_access(bought)
    assert clip(client, bought).status_code == 403
    assert client.head(address(bought, "clip/")).status_code == 403
    assert client.get(address(bought, "")).status_code == 403
    assert client.post(address(bought, "progress/"), {"position": "9", "farthest": "9"}).status_code == 403
    assert right(bought).watched_s == 0


def test_a_page_that_plays_is_told_of_the_withdrawal(bought, monkeypatch):
    told = []
    monkeypatch.setattr("mioboe.orders.actions.undoing.announce", lambda topic, **news: told.append((topic, news)))
    revoke_access(bought)
    revoke_access(bought)
    assert told == [(bought.ref, {"access": "revoked"})]


def test_who_got_the_first_piece_has_begun_to_watch(client, bought):
    client.get(address(bought, ""))
    client.head(address(bought, "clip/"))
    assert right(bought).opened_at is None
    clip(client, bought)
    clip(client, bought)
    assert right(bought).opened_at
    assert Entry.objects.filter(verb="access.opened", about__contains=[bought.ref]).count() == 1


def test_it_goes_on_where_it_was_left(client, bought):
    assert client.post(address(bought, "progress/"), {"position": "12.4", "farthest": "15.9"}).status_code == 204
    assert "clip/#t=12" in client.get(address(bought, "")).content.decode()
    client.post(address(bought, "progress/"), {"position": "23.5", "farthest": "24"})
    assert "#t=" not in client.get(address(bought, "")).content.decode()
    assert (right(bought).watched_s, right(bought).position_s) == (24, 23)


@pytest.mark.parametrize("seconds", ["", "-1", "nan", "inf", "1e9", "99999999", "٣", "1.", "1; DROP"])
def test_what_is_no_time_is_refused(client, bought, seconds):
    assert client.post(address(bought, "progress/"), {"position": seconds, "farthest": "1"}).status_code == 400
    assert right(bought).position_s == 0


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(-5, 9_999_999), st.integers(-5, 9_999_999)), max_size=6))
def test_the_farthest_second_never_goes_back_nor_past_the_end(bought, told):
    access = right(bought)
    before = access.watched_s
    for position_s, farthest_s in told:
        assert note_progress(access, position_s, farthest_s)
        access = right(bought)
        assert before <= access.watched_s <= 24 and 0 <= access.position_s <= 24
        before = access.watched_s


def test_a_film_that_is_not_made_yet_says_so(client, bought):
    Product.objects.update(film_file="later.webm")
    shown = client.get(address(bought, ""))
    assert shown.status_code == 200 and b"<video" not in shown.content
    assert clip(client, bought).status_code == 404


def test_a_name_that_leads_out_of_the_folder_gives_nothing(client, bought):
    Product.objects.update(film_file="../../secret")
    assert clip(client, bought).status_code == 404


def test_the_short_address_shows_the_orders_film(client, bought):
    assert b"<video" in client.get(f"/orders/{bought.number}/watch/").content
