from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("mioboe.shopfront.urls")),
    path("help/", include("mioboe.help.urls")),
    path("desk/", include("mioboe.desk.urls")),
    path("api/", include("mioboe.api.urls")),
    path("account/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("mioboe.demo.urls")))
