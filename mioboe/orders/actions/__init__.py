from mioboe.orders.actions.buying import (
    OneClickOff,
    SoldOut,
    block_one_click,
    buy_with_one_click,
    finish_order,
    orders_left_over,
    place_order,
)
from mioboe.orders.actions.fulfilling import call_back, hand_over, note_delivered, note_returned, pack, stop_parcel
from mioboe.orders.actions.giving_back import give_back
from mioboe.orders.actions.order_mail import LINK_PURPOSE, ORDER_MAIL, write_order_mail
from mioboe.orders.actions.undoing import (
    NotThatMany,
    TooLate,
    Undone,
    cancel_lines,
    cancel_order,
    put_back,
    revoke_access,
    undo_order,
)

__all__ = [
    "LINK_PURPOSE",
    "ORDER_MAIL",
    "NotThatMany",
    "OneClickOff",
    "SoldOut",
    "TooLate",
    "Undone",
    "block_one_click",
    "buy_with_one_click",
    "call_back",
    "cancel_lines",
    "cancel_order",
    "finish_order",
    "give_back",
    "hand_over",
    "note_delivered",
    "note_returned",
    "orders_left_over",
    "pack",
    "place_order",
    "put_back",
    "revoke_access",
    "stop_parcel",
    "undo_order",
    "write_order_mail",
]
