"""What a setting may be; tests/demo/test_starting.py sees that a wrong one ends the start in one line."""

import pytest

from mioboe.site import settings
from mioboe.site.errors import StartError


@pytest.mark.parametrize(
    "url",
    ["", "shop.example", "https://", "ftp://shop.example", "https://shop.example:port", "https://x:0", "http://[::1"],
)
def test_an_address_needs_its_scheme_and_a_host(monkeypatch, url):
    monkeypatch.setenv("MIOBOE_BASE_URL", url)
    with pytest.raises(StartError, match=r"MIOBOE_BASE_URL must begin with http:// or https://"):
        settings._url("BASE_URL", "", "http", "https")


def test_an_address_is_kept_without_its_last_stroke(monkeypatch):
    monkeypatch.setenv("MIOBOE_BASE_URL", "https://shop.example:8443/")
    assert settings._url("BASE_URL", "", "http", "https") == "https://shop.example:8443"


@pytest.mark.parametrize("value", ["0", "-1", "601", "nan", "inf", "soon", ""])
def test_seconds_have_bounds(monkeypatch, value):
    monkeypatch.setenv("MIOBOE_OUTSIDE_LIMIT_S", value)
    with pytest.raises(StartError, match="MIOBOE_OUTSIDE_LIMIT_S"):
        settings._seconds(settings._env.float, "OUTSIDE_LIMIT_S", 8.0, longest=600)


@pytest.mark.parametrize("value", ["0", "65536", "-1", "http", "80.5"])
def test_a_port_is_a_port(monkeypatch, value):
    monkeypatch.setenv("MIOBOE_WEB_PORT", value)
    with pytest.raises(StartError, match="MIOBOE_WEB_PORT"):
        settings._port("WEB_PORT", 8000)


@pytest.mark.parametrize("value", ["Mars/Base", "Asia", "../../etc/passwd", "", "\u3042"])
def test_a_time_zone_that_does_not_exist(monkeypatch, value):
    monkeypatch.setenv("MIOBOE_TIME_ZONE", value)
    with pytest.raises(StartError, match="MIOBOE_TIME_ZONE"):
        settings._time_zone("Asia/Tokyo")


@pytest.mark.parametrize(
    "url", ["nonsense", "sqlite:///x.db", "mysql://a:secret@b/c", "postgres://a:secret@b:x/c", "postgres://"]
)
def test_a_database_is_a_postgresql_and_no_password_is_repeated(url):
    with pytest.raises(StartError, match="DATABASE_URL") as refusal:
        settings._database(url)
    assert "secret" not in str(refusal.value)


def test_a_databases_connections_are_kept_and_looked_after():
    found = settings._database("postgres://a:b@c:5433/d?sslmode=require")
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("c", 5433, "d")
    assert found["OPTIONS"]["sslmode"] == "require" and found["OPTIONS"]["prepare_threshold"]
    assert (found["CONN_MAX_AGE"], found["CONN_HEALTH_CHECKS"]) == (60, True)


def test_lists_name_what_is_unknown(monkeypatch):
    monkeypatch.setenv("MIOBOE_CALL_REGIONS", "JP,Atlantis")
    with pytest.raises(StartError, match="'Atlantis' is none"):
        settings._list("CALL_REGIONS", [], lambda region: region == "JP", "countries")
    assert (
        settings._is_network("10.0.0.0/8") and settings._is_network("::1") and not settings._is_network("10.0.0.0/99")
    )
