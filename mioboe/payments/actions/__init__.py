"""Verbs about money. The gateway is never asked inside a transaction: first our row commits, then we ask with its key,
then the answer is written down; whatever dies in between is asked again with the same key."""

from mioboe.payments.actions.cards import begin_card, finish_card
from mioboe.payments.actions.charging import (
    ask_charge,
    capture,
    carry_out_charge,
    note_lapsed,
    void,
)
from mioboe.payments.actions.disputing import note_dispute
from mioboe.payments.actions.giving_back import give_back, note_repayment, refund
from mioboe.payments.actions.refusals import TooMuch

__all__ = [
    "TooMuch",
    "ask_charge",
    "begin_card",
    "capture",
    "carry_out_charge",
    "finish_card",
    "give_back",
    "note_dispute",
    "note_lapsed",
    "note_repayment",
    "refund",
    "void",
]
