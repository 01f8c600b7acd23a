"""My safety: the devices of the account, and signing out."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mioboe.orders.sign_ins import told
from mioboe.people.actions import end_all_sessions
from mioboe.people.models import Person
from mioboe.signins.actions import devices_signed_in, is_known, name_device, revoke_device
from mioboe.signins.actions.devices import LONGEST_NAME, MOST_DEVICES
from mioboe.signins.actions.sessions import DEVICE_KEY
from mioboe.signins.history import page_of
from mioboe.signins.models import Device
from mioboe.trail.actions import record

SHOWN_HERE = 3  # of the sign-ins


@never_cache
@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, Person)
    devices = Device.objects.filter(person=request.user, revoked_at__isnull=True).order_by("-last_seen_at")
    signed_in, this = devices_signed_in(request.user), request.session.get(DEVICE_KEY)
    context = {
        "devices": [
            (device, device.pk == this, device.pk in signed_in, is_known(device)) for device in devices[:MOST_DEVICES]
        ],
        "told": told(page_of(request.user, size=SHOWN_HERE).rows),
        "longest_name": LONGEST_NAME,
    }
    return render(request, "help/safety.html", context)


def _own_device(request: HttpRequest, pk: int) -> Device:
    return get_object_or_404(Device.objects.select_related("person"), pk=pk, person=request.user.pk)


@login_required
@require_POST
def name(request: HttpRequest, pk: int) -> HttpResponse:
    """Calls a device by the owner's own name for it."""
    device = _own_device(request, pk)
    name_device(device, request.POST.get("name", "").replace("\0", ""))
    record("device.named", [device.person.ref, device.ref], device.person)
    messages.success(request, _("The name is saved."))
    return redirect("help:safety")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Forgets a device and signs it out, after one question."""
    device = _own_device(request, pk)
    is_this = device.pk == request.session.get(DEVICE_KEY)
    if request.method == "POST":
        revoke_device(device)
        if is_this:
            logout(request)
        messages.success(request, _("The device is removed and signed out."))
        return redirect("shopfront:home" if is_this else "help:safety")
    return render(request, "help/device_remove.html", {"device": device, "is_this": is_this})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Signs out everywhere, with or without this browser."""
    assert isinstance(request.user, Person)
    if request.method == "POST":
        keeps_this = request.POST.get("keep") == "1"
        ended = end_all_sessions(request.user, (request.session.session_key or "") if keeps_this else "")
        record("sessions.ended", [request.user.ref], request.user, sessions=ended)
        if not keeps_this:
            logout(request)
            messages.success(request, _("You are signed out everywhere."))
            return redirect("shopfront:home")
        messages.success(request, _("Everybody else is signed out; you are still signed in here."))
        return redirect("help:safety")
    return render(request, "help/sign_out.html")
