from django.urls import path

from mioboe.shopfront.views import buying, films, goods, orders

app_name = "shopfront"
urlpatterns = [
    path("", goods.home, name="home"),
    path("search/", goods.search, name="search"),
    path("shelves/<slug:slug>/", goods.category, name="category"),
    path("goods/<slug:slug>/", goods.product, name="product"),
    path("goods/<slug:slug>/promise/", goods.promise, name="promise"),
    path("goods/<slug:slug>/buy/", buying.buy, name="buy"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<str:number>/", orders.order, name="order"),
    path("orders/<str:number>/watch/", films.watch, name="watch"),
    path("orders/<str:number>/watch/<slug:slug>/", films.watch, name="watch_film"),
    path("orders/<str:number>/watch/<slug:slug>/clip/", films.clip, name="clip"),
    path("orders/<str:number>/watch/<slug:slug>/progress/", films.progress, name="progress"),
]
