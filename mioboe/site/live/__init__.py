"""Live screens. `announce` says in PostgreSQL's own transaction that something changed; `python -m mioboe live` hears it
and passes it to the pages whose token names the topic. `static/site/live.js` is the page's end."""

from mioboe.site.live.announce import announce, announce_session_end
from mioboe.site.live.tokens import read_token, token

__all__ = ["announce", "announce_session_end", "read_token", "token"]
