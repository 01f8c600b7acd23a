"""Where Stripe tells us what happened."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from procrastinate.contrib.django import app

from mioboe.payments.gateways.stripe.events import NotStripe, read_event
from mioboe.payments.models import GatewayEvent

# Stripe's events are a few kilobytes.
LARGEST_EVENT_BYTES = 256 * 1024


@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Keeps an event and answers at once; a job acts upon it. The same event again changes nothing."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_EVENT_BYTES:
        return HttpResponse(status=413)
    if request.content_type != "application/json":
        return HttpResponse(status=400)
    try:
        told = read_event(request.body, request.headers.get("Stripe-Signature", ""))
    except NotStripe:
        return HttpResponse(status=400)
    if told is not None:
        with transaction.atomic():
            event, is_new = GatewayEvent.objects.get_or_create(
                event_id=told.event_id, defaults={"kind": told.kind, "about": told.about}
            )
            if is_new:
                app.configure_task("api.handle_gateway_event").defer(event_id=event.pk)
    return HttpResponse(status=204)
