"""/api/v1: what programs of other shops may ask and tell. Each family of questions is a file; docs/api.md shows how to use them."""

from ninja import NinjaAPI

from mioboe.api.problems import put_in_place
from mioboe.api.v1.signins import router as signins

api = NinjaAPI(
    title="Mioboe",
    version="1",
    description="Every write needs an `Idempotency-Key`. Every fault is a problem (RFC 9457) with a `code`.",
    # Its own page loads scripts from other hosts; ours is `views.reference`.
    docs_url=None,
    urls_namespace="api_v1",
)
put_in_place(api)
api.add_router("/signins", signins)
