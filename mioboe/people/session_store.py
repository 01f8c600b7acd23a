"""Sessions in the database, as Django keeps them; only how one is read is ours, as every request does."""

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from mioboe.site.reads import read_often


@read_often
def _session(key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        found = _session(self.session_key, timezone.now())
        if found is None:
            self._session_key = None
        return found
