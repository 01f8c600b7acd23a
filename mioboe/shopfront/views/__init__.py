from mioboe.shopfront.views import buying, cards, cart, checkout, films, goods, guests, history, orders, settings

__all__ = [
    "buying",
    "cards",
    "cart",
    "checkout",
    "films",
    "goods",
    "guests",
    "history",
    "orders",
    "settings",
]
