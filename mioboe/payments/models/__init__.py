from mioboe.payments.models.cards import Card
from mioboe.payments.models.charges import Charge, ChargeState
from mioboe.payments.models.disputes import Dispute, DisputeState
from mioboe.payments.models.events import GatewayEvent
from mioboe.payments.models.ledger import Account, LedgerRow, MovementKind
from mioboe.payments.models.refunds import ACCEPTED, Refund, RefundState

__all__ = [
    "ACCEPTED",
    "Account",
    "Card",
    "Charge",
    "ChargeState",
    "Dispute",
    "DisputeState",
    "GatewayEvent",
    "LedgerRow",
    "MovementKind",
    "Refund",
    "RefundState",
]
