"""In which prefecture a Japanese postcode lies.

The table has the fewest beginnings of which the longest that fits is right for every postcode in Japan Post's list of
places and of large offices, as it was in October 2026. The list is free to use
(https://www.post.japanpost.jp/zipcode/dl/readme.html)."""

import re
import unicodedata

_BEGINNINGS = {
    "Hokkaido": "0",
    "Aomori": "0185501 03",
    "Iwate": "02",
    "Miyagi": "98",
    "Akita": "01",
    "Yamagata": "99",
    "Fukushima": "96 97",
    "Ibaraki": "30 31",
    "Tochigi": "3114411 32 3491221",
    "Gunma": "37 3840097 3890121",
    "Saitama": "1008620 1008639 1218729 1748741 1748743 3 3701507",
    "Chiba": "1008677 26 27 28 29",
    "Tokyo": "1 20 2208604 2478566 3708686",
    "Kanagawa": "2",
    "Niigata": "3892261 9",
    "Toyama": "93",
    "Ishikawa": "92 9390171",
    "Fukui": "91 9220679",
    "Yamanashi": "40",
    "Nagano": "38 39 9498321",
    "Gifu": "50",
    "Shizuoka": "41 42 43",
    "Aichi": "4 4314121",
    "Mie": "49808 4988503 51 647132",
    "Shiga": "52",
    "Kyoto": "520046 6 6180000",
    "Osaka": "5 618000 618001 618002 6188502 6188518 6188555 6188570 6188585 630027",
    "Hyogo": "5398794 5630801 65 66 67",
    "Nara": "63 6471271 647158 64803",
    "Wakayama": "64",
    "Tottori": "68 68400",
    "Shimane": "6840 685 69",
    "Okayama": "70 71",
    "Hiroshima": "72 73",
    "Yamaguchi": "7",
    "Tokushima": "77",
    "Kagawa": "76",
    "Ehime": "79",
    "Kochi": "78",
    "Fukuoka": "8 8710000 8710226 87108 87109 8718585",
    "Saga": "84",
    "Nagasaki": "8115 817 84804 85",
    "Kumamoto": "86",
    "Oita": "8391421 87",
    "Miyazaki": "88",
    "Kagoshima": "89",
    "Okinawa": "90",
}
_PREFECTURE_OF = {beginning: name for name, beginnings in _BEGINNINGS.items() for beginning in beginnings.split()}
# Dashes of all lengths, and the long-vowel sign that a Japanese keyboard gives in their place.
_POSTCODE = re.compile("([0-9]{3})[-‐-―−ー ]?([0-9]{4})")


def postcode_in(text: str) -> str | None:
    """The postcode as it is written on a parcel, 150-0001, however it was typed: １５００００１, 〒150-0001; None where it is
    none."""
    found = _POSTCODE.fullmatch(unicodedata.normalize("NFKC", text).replace("〒", "").strip())
    return f"{found[1]}-{found[2]}" if found else None


def prefecture_of(postcode: str) -> str:
    """The prefecture, in English, of a postcode such as 150-0001."""
    digits = postcode.replace("-", "")
    return next(_PREFECTURE_OF[digits[:end]] for end in range(7, 0, -1) if digits[:end] in _PREFECTURE_OF)
