from mioboe.orders.models.fulfilment import Access, AccessState, Parcel, ParcelState
from mioboe.orders.models.goods import Category, Kind, Product, Words
from mioboe.orders.models.orders import HowBought, Line, OneClick, Order, OrderState

__all__ = [
    "Access",
    "AccessState",
    "Category",
    "HowBought",
    "Kind",
    "Line",
    "OneClick",
    "Order",
    "OrderState",
    "Parcel",
    "ParcelState",
    "Product",
    "Words",
]
