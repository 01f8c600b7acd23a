"""What can be done about a case: one file a remedy. Adding a remedy is adding a file and its name below."""

from importlib import import_module
from typing import Protocol, cast

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from mioboe.cases.models import Case, ProofKind, Remedy, RemedyLine

# In the order in which a plan carries them out: first what stops harm, then the money, then the account.
KINDS = (
    "hold_orders",
    "cancel",
    "revoke_access",
    "refund",
    "block_one_click",
    "end_sessions",
    "revoke_devices",
    "send_reset_link",
)

# These are planned for one line of an order at a time, see `RemedyLine`; each line has a remedy, and a key, of its own.
OF_A_LINE = ("cancel_line",)
# What these give back may come back from the bank.
MOVES_MONEY = ("refund", "cancel_line")


class Kind(Protocol):
    """One remedy. `do` may run twice and be killed at any instruction: with the same `remedy.key` it must come to the same
    result, and `is_done` says whether it has."""

    words: str | Promise  # for the agent's button: "Cancel the order"
    done_words: str | Promise  # for the customer's tick: "The order is cancelled"
    failed_words: str | Promise  # for the timeline: "The order could not be cancelled"
    needs: frozenset[ProofKind]  # any one of these

    def applies(self, case: Case) -> bool:
        """Whether there is anything that it could do here."""

    def is_done(self, remedy: Remedy) -> bool:
        """Whether the world already is as this remedy wants it."""

    def do(self, remedy: Remedy) -> None:
        """Does it; outside any transaction. Raises what its room raises where it could not."""


def kind(name: str) -> Kind:
    """The remedy of that name; raises KeyError for one that does not exist."""
    if name not in KINDS + OF_A_LINE:
        raise KeyError(name)
    return cast(Kind, import_module(f"mioboe.cases.remedies.{name}"))


def told(remedy: Remedy, words: str | Promise) -> str | Promise:
    """A remedy's words, and which line of the order it is about, in the reader's language."""
    line: RemedyLine | None = getattr(remedy, "line", None)
    if line is None:
        return words
    return _("%(words)s: %(pieces)s × %(title)s") % {"words": words, "pieces": line.pieces, "title": line.title}


ANY_PROOF = frozenset(ProofKind)
