from mioboe.orders.actions.buying import (
    OneClickOff,
    SoldOut,
    block_one_click,
    buy_with_one_click,
    finish_order,
    place_order,
)
from mioboe.orders.actions.order_mail import LINK_PURPOSE, write_order_mail
from mioboe.orders.actions.selling import count_sales
from mioboe.orders.actions.undoing import cancel_order, put_back, revoke_access
from mioboe.orders.actions.watching import note_opened, note_progress

__all__ = [
    "LINK_PURPOSE",
    "OneClickOff",
    "SoldOut",
    "block_one_click",
    "buy_with_one_click",
    "cancel_order",
    "count_sales",
    "finish_order",
    "note_opened",
    "note_progress",
    "place_order",
    "put_back",
    "revoke_access",
    "write_order_mail",
]
