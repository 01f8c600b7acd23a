from django.urls import path

from mioboe.shopfront.views import buying, films, goods, history, orders

app_name = "shopfront"
urlpatterns = [
    path("", goods.home, name="home"),
    path("goods/<slug:slug>/", goods.product, name="product"),
    path("goods/<slug:slug>/buy/", buying.buy, name="buy"),
    path("orders/", history.orders, name="orders"),
    path("orders/orders.csv", history.orders_csv, name="orders_csv"),
    path("orders/<str:number>/", orders.order, name="order"),
    path("orders/<str:number>/undo/", orders.undo, name="undo"),
    path("orders/<str:number>/mails/<str:mail_number>/", orders.mail, name="mail"),
    path("orders/<str:number>/watch/", films.watch, name="watch"),
]
