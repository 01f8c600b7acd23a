from mioboe.orders.models.approval import Approval, ApprovalChoice, ApproveWhen, Why
from mioboe.orders.models.cart import MOST_LINES, MOST_PIECES, Cart, CartLine
from mioboe.orders.models.fulfilment import STILL_HERE, Access, AccessState, Parcel, ParcelState, unwatched
from mioboe.orders.models.goods import Category, Kind, Product, Words
from mioboe.orders.models.orders import (
    PRESS_ENDINGS,
    Cancellation,
    Destination,
    HowBought,
    Line,
    OneClick,
    Order,
    OrderState,
)

__all__ = [
    "MOST_LINES",
    "MOST_PIECES",
    "PRESS_ENDINGS",
    "STILL_HERE",
    "Access",
    "AccessState",
    "Approval",
    "ApprovalChoice",
    "ApproveWhen",
    "Cancellation",
    "Cart",
    "CartLine",
    "Category",
    "Destination",
    "HowBought",
    "Kind",
    "Line",
    "OneClick",
    "Order",
    "OrderState",
    "Parcel",
    "ParcelState",
    "Product",
    "Why",
    "Words",
    "unwatched",
]
