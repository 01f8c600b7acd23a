from django.apps import apps
from django.urls import include, path

from peer.one_click import OneClick

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("one-click/<slug:slug>/", OneClick.as_view()),
    path("", include(apps.get_app_config("oscar").urls[0])),
]
