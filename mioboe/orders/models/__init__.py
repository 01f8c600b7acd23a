from mioboe.orders.models.fulfilment import Access, AccessState, Parcel, ParcelState
from mioboe.orders.models.goods import Kind, Product
from mioboe.orders.models.orders import HowBought, Line, OneClick, Order, OrderState

__all__ = [
    "Access",
    "AccessState",
    "HowBought",
    "Kind",
    "Line",
    "OneClick",
    "Order",
    "OrderState",
    "Parcel",
    "ParcelState",
    "Product",
]
