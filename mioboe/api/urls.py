from django.urls import path

from mioboe.api.webhooks import stripe

app_name = "api"
urlpatterns = [path("v1/webhooks/stripe", stripe.receive, name="stripe_webhook")]
