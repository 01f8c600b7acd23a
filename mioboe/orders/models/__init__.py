from mioboe.orders.models.fulfilment import STILL_HERE, Access, AccessState, Parcel, ParcelState
from mioboe.orders.models.goods import Kind, Product
from mioboe.orders.models.orders import Cancellation, HowBought, Line, OneClick, Order, OrderState

__all__ = [
    "STILL_HERE",
    "Access",
    "AccessState",
    "Cancellation",
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
