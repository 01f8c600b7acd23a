from mioboe.shopfront.views import buying, films, goods, history, orders

__all__ = ["buying", "films", "goods", "history", "orders"]
