"""About where an address is: prefecture where the data names one, else the country, else nothing. Blank is better than
wrong. Data: GeoLite2 City (MaxMind), installed at set-up; attribution is on the page that shows it."""

import ipaddress
from dataclasses import dataclass
from functools import cache

import maxminddb
import structlog
from babel import Locale
from django.conf import settings
from django.utils.translation import gettext as _

from mioboe.signins.networks import MOBILE_CARRIERS, asn_of
from mioboe.site.language import is_japanese

log = structlog.get_logger(__name__)

# The 47 prefectures as GeoLite2 spells them, and in Japanese (JIS X 0401 order).
PREFECTURES = dict(
    pair.split("=")
    for pair in [
        "Hokkaido=北海道",
        "Aomori=青森県",
        "Iwate=岩手県",
        "Miyagi=宮城県",
        "Akita=秋田県",
        "Yamagata=山形県",
        "Fukushima=福島県",
        "Ibaraki=茨城県",
        "Tochigi=栃木県",
        "Gunma=群馬県",
        "Saitama=埼玉県",
        "Chiba=千葉県",
        "Tokyo=東京都",
        "Kanagawa=神奈川県",
        "Niigata=新潟県",
        "Toyama=富山県",
        "Ishikawa=石川県",
        "Fukui=福井県",
        "Yamanashi=山梨県",
        "Nagano=長野県",
        "Gifu=岐阜県",
        "Shizuoka=静岡県",
        "Aichi=愛知県",
        "Mie=三重県",
        "Shiga=滋賀県",
        "Kyoto=京都府",
        "Osaka=大阪府",
        "Hyogo=兵庫県",
        "Nara=奈良県",
        "Wakayama=和歌山県",
        "Tottori=鳥取県",
        "Shimane=島根県",
        "Okayama=岡山県",
        "Hiroshima=広島県",
        "Yamaguchi=山口県",
        "Tokushima=徳島県",
        "Kagawa=香川県",
        "Ehime=愛媛県",
        "Kochi=高知県",
        "Fukuoka=福岡県",
        "Saga=佐賀県",
        "Nagasaki=長崎県",
        "Kumamoto=熊本県",
        "Oita=大分県",
        "Miyazaki=宮崎県",
        "Kagoshima=鹿児島県",
        "Okinawa=沖縄県",
    ]
)


@dataclass(frozen=True)
class Place:
    country: str = ""  # ISO 3166-1 alpha-2, "" where unknown
    prefecture: str = ""  # a key of PREFECTURES, "" where unknown
    asn: int | None = None  # the network operator's number, None where unknown


@cache
def _data(version: int) -> maxminddb.Reader | None:
    path = str(settings.MIOBOE_CITY_DATA)
    if version == 6 and "ipv4" in path:
        path = path.replace("ipv4", "ipv6")  # the npm package has a file for each
    try:
        return maxminddb.open_database(path)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        log.warning("city_data_missing", setting="MIOBOE_CITY_DATA", file=path, problem=str(error))
        return None


def place_of(ip: str) -> Place:
    """About where the address is; an empty place where nothing is known or the data are missing or broken. Mobile carriers'
    addresses have a country only."""
    try:
        address = ipaddress.ip_address(ip)
        data = _data(address.version) if address.is_global else None
        found = data.get(address) if data else None
    except (ValueError, maxminddb.InvalidDatabaseError):
        found = None
    asn = asn_of(ip)
    if not isinstance(found, dict):
        return Place(asn=asn)
    country = str(found.get("country_code") or "")[:2]
    prefecture = str(found.get("state1") or "").replace("Ō", "O").replace("ō", "o").removesuffix(" Prefecture")
    is_named = country == "JP" and prefecture in PREFECTURES and asn not in MOBILE_CARRIERS
    return Place(country, prefecture if is_named else "", asn)


@dataclass(frozen=True)
class Point:
    """Where on the globe, and how far off that may well be."""

    latitude: float
    longitude: float
    within_km: int


# Around the middle of a named town or prefecture; of a country; of one of the widest.
NAMED_KM, COUNTRY_KM, WIDE_KM = 50, 1500, 4000
WIDE = {"AU", "BR", "CA", "CN", "RU", "US"}


def point_of(ip: str) -> Point | None:
    """About where on the globe the address is; None where nothing is known. Coarse: of mobile carriers' addresses, and where the data
    name no more, the country's middle."""
    try:
        address = ipaddress.ip_address(ip)
        data = _data(address.version) if address.is_global else None
        found = data.get(address) if data else None
    except (ValueError, maxminddb.InvalidDatabaseError):
        return None
    if not isinstance(found, dict):
        return None
    latitude, longitude = found.get("latitude"), found.get("longitude")
    if not isinstance(latitude, float) or not isinstance(longitude, float):
        return None
    is_named = bool(found.get("state1")) and asn_of(ip) not in MOBILE_CARRIERS
    country = str(found.get("country_code") or "")
    return Point(latitude, longitude, NAMED_KM if is_named else WIDE_KM if country in WIDE else COUNTRY_KM)


def place_words(country: str, prefecture: str) -> str:
    """The place in the reader's language: 大阪府 / Osaka, else the country, else that it is not known."""
    if prefecture:
        return PREFECTURES[prefecture] if is_japanese() else prefecture
    if country == "JP":
        return _("Japan")
    return _countries("ja" if is_japanese() else "en").get(country) or country or _("place unknown")


@cache
def _countries(language: str) -> dict[str, str]:
    return dict(Locale(language).territories)
