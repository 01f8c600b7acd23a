from mioboe.orders.actions.buying import (
    OneClickOff,
    SoldOut,
    block_one_click,
    buy_with_one_click,
    finish_order,
    place_order,
)
from mioboe.orders.actions.order_mail import LINK_PURPOSE, write_order_mail
from mioboe.orders.actions.undoing import cancel_order, put_back, revoke_access

__all__ = [
    "LINK_PURPOSE",
    "OneClickOff",
    "SoldOut",
    "block_one_click",
    "buy_with_one_click",
    "cancel_order",
    "finish_order",
    "place_order",
    "put_back",
    "revoke_access",
    "write_order_mail",
]
