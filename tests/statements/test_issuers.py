"""Each issuer's file, in whatever encoding it comes, is read line by line."""

from datetime import date

import pytest

from mioboe.statements.issuers import NAMES, Unreadable, read_statement
from mioboe.statements.issuers.cells import Abroad, abroad_of, name, yen
from tests.statements import files

SAMPLES = [(issuer, text) for issuer, texts in files.EVERY.items() for text in texts]


def short(text: str, encoding: str = "cp932"):
    return [(line.day.isoformat()[5:], line.amount) for line in read_statement(text.encode(encoding)).lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize(("issuer", "text"), SAMPLES)
def test_every_layout_is_found_by_itself_in_every_encoding(issuer, text, encoding):
    read = read_statement(text.encode(encoding))
    assert read.issuer == issuer and read.lines


def test_every_layout_has_a_sample():
    assert set(files.EVERY) == set(NAMES)


def test_amounts_and_days():
    assert short(files.RAKUTEN) == [("11-02", 500), ("11-01", 1200)]
    assert short(files.RAKUTEN_OLD) == short(files.RAKUTEN_NEW) == [("11-02", 500)]
    assert short(files.SMBC) == [("11-02", 500), ("11-09", -500), ("11-10", 1925), ("11-12", 850)]
    assert short(files.SMBC_OPEN) == [("11-02", 500), ("11-12", 850)]
    assert short(files.EPOS) == [("11-02", 500), ("11-09", -500)]
    assert short(files.JCB) == [("11-02", 1500), ("11-09", -150), ("11-10", 1925)]
    assert short(files.AEON) == [("11-02", 500), ("11-09", 850)]
    assert short(files.PAYPAY) == short(files.PAYPAY_ELEVEN) == [("11-02", 500), ("11-09", -500)]
    assert short(files.OFX_SGML) == [("11-02", 3120), ("11-09", -500)]
    assert short(files.OFX_XML, "utf-8") == [("11-02", 500)]


@pytest.mark.parametrize(
    ("text", "place", "abroad"),
    [
        (files.RAKUTEN, 0, Abroad(320, "USD")),
        (files.SMBC, 2, Abroad(1230, "USD")),
        (files.JCB, 2, Abroad(1230, "USD")),
        (files.OFX_SGML, 0, Abroad(4800, "JPY")),
    ],
)
def test_what_it_was_abroad(text, place, abroad):
    assert read_statement(text.encode()).lines[place].abroad == abroad


@pytest.mark.parametrize("note", ["", "1回払い", "お取消日 2026年11月10日", "ポイント 12.30", "USD", "レート"])
def test_other_notes_tell_of_no_other_currency(note):
    assert abroad_of(note) is None


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1,234", 1234), ("¥-500", -500), ("▲500", -500), ("１，２００円", 1200), (" 500 ", 500), ("+500", 500)],
)
def test_yen_as_issuers_write_it(text, amount):
    assert yen(text) == amount


@pytest.mark.parametrize("text", ["", "-", "12.5", "=1+1", "abc", "1e5", "999999999999999"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(Unreadable):
        yen(text)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("HOSHIZORA 4111 1111 1111 4242", "HOSHIZORA ••••••••••••4242"),
        ("４１１１－１１１１－１１１１－４２４２", "••••••••••••4242"),
        ("ETC 123456", "ETC 123456"),
        ("  two \n lines ", "two lines"),
    ],
)
def test_card_numbers_in_names_are_masked(written, kept):
    assert name(written) == kept


def test_ofx_knows_names_and_other_countries_decimal_points():
    assert [line.merchant for line in read_statement(files.OFX_SGML.encode()).lines] == [
        "HOSHIZORA TOKYO",
        "SMITH & SONS",
    ]
    german = files.OFX_SGML.replace("-31.20", "-31,20").replace("USD<CC", "EUR<CC")
    line = read_statement(german.encode()).lines[0]
    assert (line.amount, line.currency, line.day) == (3120, "EUR", date(2026, 11, 2))
