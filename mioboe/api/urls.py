from django.urls import path

from mioboe.api import views
from mioboe.api.webhooks import stripe

app_name = "api"
urlpatterns = [
    path("v1/webhooks/stripe", stripe.receive, name="stripe_webhook"),
    path("v1/docs", views.reference, name="reference"),
    path("keys/", views.keys, name="keys"),
    path("keys/<str:prefix>/<str:verb>/", views.key_verb, name="key_verb"),
]
