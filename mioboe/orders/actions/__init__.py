from mioboe.orders.actions.buying import finish_order
from mioboe.orders.actions.cart import (
    CartFull,
    cart_of,
    change_quantity,
    forget_old_carts,
    merge_carts,
    put_back_in_cart,
    put_in_cart,
    remove_from_cart,
)
from mioboe.orders.actions.checkout import check_out, offers_of, orders_of
from mioboe.orders.actions.choices import (
    NotTheirs,
    TooMany,
    add_address,
    change_address,
    choose_one_click,
    remove_address,
    remove_card,
)
from mioboe.orders.actions.fulfilling import call_back, hand_over, note_delivered, note_returned, pack, stop_parcel
from mioboe.orders.actions.giving_back import give_back
from mioboe.orders.actions.guests import person_for_guest
from mioboe.orders.actions.holding import hold_order, release_order, that_can_be_held
from mioboe.orders.actions.one_click import block_one_click, buy_with_one_click, place_order
from mioboe.orders.actions.order_mail import LINK_PURPOSE, write_order_mail
from mioboe.orders.actions.placing import Buyer
from mioboe.orders.actions.selling import count_sales
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
from mioboe.orders.actions.watching import note_opened, note_progress
from mioboe.orders.refusals import (
    EmptyCart,
    JustBought,
    NoAddress,
    NotBought,
    NotSure,
    OfferChanged,
    OneClickOff,
    PressTaken,
    SoldOut,
)

__all__ = [
    "LINK_PURPOSE",
    "Buyer",
    "CartFull",
    "EmptyCart",
    "JustBought",
    "NoAddress",
    "NotBought",
    "NotSure",
    "NotThatMany",
    "NotTheirs",
    "OfferChanged",
    "OneClickOff",
    "PressTaken",
    "SoldOut",
    "TooLate",
    "TooMany",
    "Undone",
    "add_address",
    "block_one_click",
    "buy_with_one_click",
    "call_back",
    "cancel_lines",
    "cancel_order",
    "cart_of",
    "change_address",
    "change_quantity",
    "check_out",
    "choose_one_click",
    "count_sales",
    "finish_order",
    "forget_old_carts",
    "give_back",
    "hand_over",
    "hold_order",
    "merge_carts",
    "note_delivered",
    "note_opened",
    "note_progress",
    "note_returned",
    "offers_of",
    "orders_of",
    "pack",
    "person_for_guest",
    "place_order",
    "put_back",
    "put_back_in_cart",
    "put_in_cart",
    "release_order",
    "remove_address",
    "remove_card",
    "remove_from_cart",
    "revoke_access",
    "stop_parcel",
    "that_can_be_held",
    "undo_order",
    "write_order_mail",
]
