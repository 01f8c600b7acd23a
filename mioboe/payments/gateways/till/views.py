"""The page on which a card is entered: the till's, not the shop's. A real acquirer has it on a host of its own."""

import secrets
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from mioboe.payments.gateways.till.forms import CardForm
from mioboe.payments.gateways.till.models import CardOnFile, CardPage
from mioboe.payments.gateways.till.numbers import TEST_CARDS, brand_of


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: HttpRequest, ref: str) -> HttpResponse:
    """Takes a test card and goes back to whoever sent the person here. Sent twice, it is one card."""
    page = get_object_or_404(CardPage, ref=ref)
    form = CardForm(request.POST or None)
    if request.method == "POST" and (page.token or form.is_valid()):
        if not page.token:
            _keep(page, form.cleaned_data["number"], form.cleaned_data["expires"])
        return redirect(_with(page.return_url, page.ref))
    cards = [
        (" ".join(number[at : at + 4] for at in range(0, 16, 4)), what.label) for number, what in TEST_CARDS.items()
    ]
    context = {"form": form, "page": page, "cards": cards}
    return render(request, "till/card.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _keep(page: CardPage, number: str, expires: str) -> None:
    locked = CardPage.objects.select_for_update().get(pk=page.pk)
    if not locked.token:
        locked.token = f"tok_{secrets.token_hex(12)}"
        locked.save(update_fields=["token"])
        CardOnFile.objects.create(
            token=locked.token,
            brand=brand_of(number),
            last4=number[-4:],
            expires=expires,
            behaviour=TEST_CARDS[number],
        )


def _with(address: str, ref: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'card': ref})}"
