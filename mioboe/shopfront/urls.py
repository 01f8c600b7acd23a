from django.urls import path

from mioboe.shopfront.views import buying, films, goods, orders

app_name = "shopfront"
urlpatterns = [
    path("", goods.home, name="home"),
    path("goods/<slug:slug>/", goods.product, name="product"),
    path("goods/<slug:slug>/buy/", buying.buy, name="buy"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<str:number>/", orders.order, name="order"),
    path("orders/<str:number>/watch/", films.watch, name="watch"),
]
