"""Keys for other programs: making, rotating, revoking, and telling whose one is."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from mioboe.api.models import LONGEST_NAME, LONGEST_SOURCE, ApiKey, Scope
from mioboe.people.models import Person
from mioboe.site.ids import new_id
from mioboe.trail.actions import record

MARK = "mio"  # so that secret scanners know one when they see it
LONGEST_KEY = 100
# How long a rotated key goes on working beside the new one: long enough to put that in place on every machine.
ROTATED_LASTS = timedelta(hours=24)
USED_TO_THE = timedelta(minutes=1)


@transaction.atomic
def make_key(name: str, scopes: Collection[str], source: str = "", by: Person | None = None) -> tuple[ApiKey, str]:
    """A new key and its text, which nobody can see again. `source` is made from the name where it is not given. Raises ValueError for
    a name that is empty or too long, a source that is none, or a scope that does not exist."""
    name = name.strip()
    source = source.strip().lower() or slugify(name)[:LONGEST_SOURCE] or "shop"
    if not name or len(name) > LONGEST_NAME or len(source) > LONGEST_SOURCE or slugify(source) != source:
        raise ValueError("a key has a name, and a source of letters, digits and dashes")
    if not scopes or not set(scopes) <= set(Scope.values):
        raise ValueError(f"scopes are {', '.join(Scope.values)}")
    key, text = _new(name, sorted(set(scopes)), source, by)
    record("api_key.made", [key.ref], None, prefix=key.prefix, source=source)
    return key, text


@transaction.atomic
def rotate_key(key: ApiKey, by: Person | None = None) -> tuple[ApiKey, str]:
    """A new key in the old one's place; the old one works for 24 hours more. Raises ValueError where it is no longer good or was
    rotated before."""
    ends_at = timezone.now() + ROTATED_LASTS
    if not ApiKey.objects.filter(pk=key.pk, revoked_at=None, ends_at=None).update(ends_at=ends_at):
        raise ValueError("this key was rotated or revoked before")
    new, text = _new(key.name, key.scopes, key.source, by)
    record("api_key.rotated", [key.ref, new.ref], None, prefix=key.prefix, new=new.prefix)
    return new, text


@transaction.atomic
def revoke_key(key: ApiKey) -> bool:
    """It opens nothing from now on. May be called twice; False the second time."""
    done = ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
    if done:
        record("api_key.revoked", [key.ref], None, prefix=key.prefix)
    return bool(done)


def key_of(text: str) -> ApiKey | None:
    """The key that this is the text of; None where there is none, or it is no longer good. Notes, to the minute, that it was used."""
    mark, _, rest = text[:LONGEST_KEY].partition("_")
    prefix, _, secret = rest.partition("_")
    if mark != MARK or not secret or "\0" in prefix or len(prefix) > 8:
        return None
    key = ApiKey.objects.filter(prefix=prefix).first()
    if key is None or not hmac.compare_digest(key.digest, _digest(text)) or not key.is_good:
        return None
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at < now - USED_TO_THE:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def _new(name: str, scopes: list[str], source: str, by: Person | None) -> tuple[ApiKey, str]:
    prefix = new_id()
    text = f"{MARK}_{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        prefix=prefix, digest=_digest(text), name=name, source=source, scopes=scopes, made_by=by
    )
    return key, text


def _digest(text: str) -> str:
    # 256 random bits: no slow hash is needed, nor could one be paid at each request.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
