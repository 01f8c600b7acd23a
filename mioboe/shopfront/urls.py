from django.urls import path

from mioboe.shopfront.views import buying, cards, cart, checkout, films, goods, guests, history, orders, settings

app_name = "shopfront"
urlpatterns = [
    path("", goods.home, name="home"),
    path("search/", goods.search, name="search"),
    path("shelves/<slug:slug>/", goods.category, name="category"),
    path("goods/<slug:slug>/", goods.product, name="product"),
    path("goods/<slug:slug>/promise/", goods.promise, name="promise"),
    path("goods/<slug:slug>/buy/", buying.buy, name="buy"),
    path("cart/", cart.cart, name="cart"),
    path("cart/<slug:slug>/add/", cart.add, name="cart_add"),
    path("cart/<slug:slug>/change/", cart.change, name="cart_change"),
    path("cart/<slug:slug>/remove/", cart.remove, name="cart_remove"),
    path("cart/<slug:slug>/put-back/", cart.put_back, name="cart_put_back"),
    path("checkout/", checkout.check_out, name="check_out"),
    path("checkout/guest/", guests.tell, name="guest"),
    path("checkout/done/<str:number>/", checkout.done, name="done"),
    path("settings/buying/", settings.buying, name="settings"),
    path("settings/cards/enter/", cards.enter, name="card_enter"),
    path("settings/cards/entered/", cards.entered, name="card_entered"),
    path("settings/cards/<int:number>/remove/", cards.remove, name="card_remove"),
    path("settings/addresses/new/", settings.new_address, name="address_new"),
    path("settings/addresses/<int:number>/", settings.address, name="address"),
    path("settings/addresses/<int:number>/remove/", settings.remove, name="address_remove"),
    path("orders/", history.orders, name="orders"),
    path("orders/orders.csv", history.orders_csv, name="orders_csv"),
    path("orders/<str:number>/", orders.order, name="order"),
    path("orders/<str:number>/undo/", orders.undo, name="undo"),
    path("orders/<str:number>/mails/<str:mail_number>/", orders.mail, name="mail"),
    path("orders/<str:number>/watch/", films.watch, name="watch"),
    path("orders/<str:number>/watch/<slug:slug>/", films.watch, name="watch_film"),
    path("orders/<str:number>/watch/<slug:slug>/clip/", films.clip, name="clip"),
    path("orders/<str:number>/watch/<slug:slug>/progress/", films.progress, name="progress"),
]
