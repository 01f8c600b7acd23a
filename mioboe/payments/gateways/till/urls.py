from django.urls import path

from mioboe.payments.gateways.till import views

app_name = "till"
urlpatterns = [path("cards/<str:ref>/", views.card, name="card")]
