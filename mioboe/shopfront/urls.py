from django.urls import path

from mioboe.shopfront import views

app_name = "shopfront"
urlpatterns = [
    path("", views.home, name="home"),
    path("goods/<slug:slug>/", views.product, name="product"),
    path("goods/<slug:slug>/buy/", views.buy, name="buy"),
    path("orders/", views.orders, name="orders"),
    path("orders/<str:number>/", views.order, name="order"),
    path("orders/<str:number>/watch/", views.watch, name="watch"),
]
