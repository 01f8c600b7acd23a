from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("mioboe.shopfront.urls")),
    path("help/", include("mioboe.help.urls")),
    path("desk/", include("mioboe.desk.urls")),
    path("api/", include("mioboe.api.urls")),
    path("api/v1/", include("mioboe.api.v1.urls")),
    # An acquirer's own page; nobody is sent there while another gateway is in force.
    path("till/", include("mioboe.payments.gateways.till.urls")),
    # Ours stand before allauth's, whose page for mail addresses would let whoever is signed in put another one in the place of the
    # owner's.
    path("account/", include("mioboe.people.urls")),
    path("account/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("mioboe.demo.urls")))
