"""A write asked for twice is done once, and answered twice with the same: `Idempotency-Key` (IETF httpapi draft)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cryptography.fernet import Fernet
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Schema

from mioboe.api.models import ApiKey, KeptAnswer
from mioboe.api.problems import Problem
from mioboe.trail.context import Actor, act_as

KEPT_FOR = timedelta(days=1)


def once(request: HttpRequest, idempotency_key: str, work: Callable[[], Schema]) -> dict[str, Any]:
    """Does the work and keeps its answer in one transaction; asked again, the answer alone. Whoever asks at the same moment waits for
    the first, and gets that one's answer. Raises Problem where the key was used for another request. What `work` raises undoes all."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    asked = hashlib.sha256(request.get_full_path().encode() + b"\n" + request.body).hexdigest()
    seal = _seal(request.META["mioboe.api_key_text"], idempotency_key)
    with act_as(Actor("program", None, request.META["REMOTE_ADDR"])), transaction.atomic():
        kept = _claim(key, idempotency_key, asked)
        if kept.asked != asked:
            raise Problem("other-request")
        if kept.answer is not None:
            return json.loads(seal.decrypt(bytes(kept.answer)))
        answer = work().model_dump(mode="json")
        KeptAnswer.objects.filter(pk=kept.pk).update(answer=seal.encrypt(json.dumps(answer).encode()))
    return answer


def forget_answers() -> int:
    """Drops what is older than a day; answers how many. May be called twice."""
    return KeptAnswer.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()[0]


def _claim(key: ApiKey, idempotency_key: str, asked: str) -> KeptAnswer:
    digest = hashlib.sha256(idempotency_key.encode()).hexdigest()
    KeptAnswer.objects.filter(key=key, digest=digest, at__lt=timezone.now() - KEPT_FOR).delete()
    with connection.cursor() as cursor:
        # Waits here for whoever has claimed the same and not yet committed.
        cursor.execute(
            "INSERT INTO api_keptanswer (key_id, digest, asked) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [key.pk, digest, asked],
        )
    return KeptAnswer.objects.get(key=key, digest=digest)


def _seal(key_text: str, idempotency_key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hmac.digest(key_text.encode(), idempotency_key.encode(), "sha256")))
