from mioboe.shopfront.views import buying, films, goods, orders

__all__ = ["buying", "films", "goods", "orders"]
