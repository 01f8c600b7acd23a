"""What an account's history tells, and what it costs."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from mioboe.signins.actions import note_attempt, note_sign_in
from mioboe.signins.history import Key, counts_by_place, every_row, page_of
from mioboe.signins.models import Attempt, SignIn
from mioboe.signins.tile_map import tiles
from tests import world

pytestmark = pytest.mark.django_db
TOKYO, OSAKA, TOR = "133.11.0.1", "133.1.0.1", "185.220.101.1"


def history(person, sign_ins=1, unusual=0, failed_hours=0):
    """So many rows of each kind, an hour apart."""
    now = timezone.now().replace(minute=30, second=0, microsecond=0)
    facts = {"person": person, "session_digest": "x", "country": "JP", "prefecture": "Tokyo"}
    SignIn.objects.bulk_create(
        SignIn(at=now - timedelta(hours=number), is_familiar=number >= unusual, **facts) for number in range(sign_ins)
    )
    hour = now.replace(minute=0)
    Attempt.objects.bulk_create(
        Attempt(person=person, at=hour - timedelta(hours=number), last_at=now, times=2, ip=f"133.11.0.{host}", country="JP", prefecture="Hokkaido")
        for number in range(failed_hours)
        for host in (1, 2)
    )  # fmt: skip


def test_an_hours_failures_from_one_place_are_one_row():
    hana = world.customer()
    for ip in (TOKYO, TOKYO, "133.11.0.2"):
        note_attempt(hana, ip, "curl/8")
    note_attempt(hana, TOR, "Firefox")
    rows = page_of(hana, "failed").rows
    assert sorted((row.prefecture, row.country, row.times) for row in rows) == [("", "DE", 1), ("Tokyo", "JP", 3)]
    assert all(row.at.minute == 0 and row.hour_ends - row.at == timedelta(hours=1) for row in rows)


@pytest.mark.parametrize(("which", "expected"), [("", 75), ("unusual", 30), ("failed", 25), ("nonsense", 75)])
def test_pages_down_and_up_again_show_everything_once(which, expected):
    hana = world.customer()
    history(hana, sign_ins=50, unusual=30, failed_hours=25)
    note_attempt(world.customer("ben@customer.example"), TOKYO, "curl/8")
    seen, key = [], None
    while True:
        page = page_of(hana, which, older_than=key)
        seen += [row.key for row in page.rows]
        if page.older is None:
            break
        key = page.older
    assert len(seen) == len(set(seen)) == expected
    assert seen == sorted(seen, reverse=True)
    assert [row.key for row in every_row(hana, which)] == seen
    if page.newer:
        assert page_of(hana, which, newer_than=page.newer).rows[-1].key == seen[seen.index(page.newer) - 1]


@pytest.mark.parametrize("text", ["", "x", "1-2-3", "9" * 18 + "-1-1", "1-1-" + "9" * 19, "-1-1-1", "١-1-1"])
def test_a_place_in_the_list_that_is_none_is_the_top(text):
    assert Key.read(text) is None


def test_a_key_is_read_as_it_was_written():
    key = Key(timezone.now(), 1, 7)
    assert Key.read(key.text) == key


def test_a_page_costs_the_same_however_long_the_history_is(django_assert_num_queries):
    hana = world.customer()
    history(hana)
    with django_assert_num_queries(2):
        [row.why + row.device + row.network for row in page_of(hana).rows]
    history(hana, sign_ins=40, failed_hours=40)
    with django_assert_num_queries(2):
        [row.why + row.device + row.network for row in page_of(hana).rows]
    with django_assert_num_queries(2):
        counts_by_place(hana)


def test_the_map_has_every_prefecture_and_says_what_was_unusual():
    hana = world.customer()
    history(hana, sign_ins=3, unusual=1, failed_hours=2)
    with override("ja"):
        drawn = {tile.words: (tile.tone, tile.number) for tile in tiles(counts_by_place(hana))}
    assert len(drawn) == 47
    assert (drawn["東京都"], drawn["北海道"], drawn["大阪府"]) == (("unusual", 3), ("failed", 8), ("none", 0))
    places = {(tile.x, tile.y) for tile in tiles([])}
    assert len(places) == 47


def test_a_row_says_how_and_from_what():
    hana = world.customer()
    note_sign_in(hana, TOKYO, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Firefox/126.0", "s", "", "password+totp")
    row = page_of(hana).rows[0]
    with override("en"):
        assert (row.device, row.how) == ("Firefox on a Mac", "password")
        assert row.second_step == "code of the authenticator app"
    with override("ja"):
        assert (row.device, row.how) == ("MacのFirefox", "パスワード")
        assert row.second_step == "認証アプリのコード"
