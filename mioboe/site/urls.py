from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path


def closed(request: HttpRequest) -> HttpResponse:
    raise Http404


urlpatterns = [
    path("", include("mioboe.shopfront.urls")),
    path("help/", include("mioboe.help.urls")),
    path("desk/", include("mioboe.desk.urls")),
    path("api/", include("mioboe.api.urls")),
    path("api/v1/", include("mioboe.api.v1.urls")),
    # An acquirer's own page; nobody is sent there while another gateway is in force.
    path("till/", include("mioboe.payments.gateways.till.urls")),
    # allauth would let whoever is signed in put another mail address in the place of the owner's, and with it take the
    # account. What gives power needs proof, and a session is none.
    path("account/email/", closed, name="mail_address"),
    path("account/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("mioboe.demo.urls")))
