"""The socket process (`python -m mioboe live`): websockets only. Pages are served over WSGI (docs/decisions)."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mioboe.site.settings")
get_asgi_application()  # sets Django up before anything below is imported

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import OriginValidator  # noqa: E402
from channels.sessions import CookieMiddleware, SessionMiddleware  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import path  # noqa: E402

from mioboe.site.live.socket import Live  # noqa: E402

application = ProtocolTypeRouter(
    {
        "websocket": OriginValidator(
            CookieMiddleware(SessionMiddleware(URLRouter([path("live", Live.as_asgi())]))),
            settings.MIOBOE_PAGE_ORIGINS,
        )
    }
)
