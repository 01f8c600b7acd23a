from datetime import datetime

from procrastinate.contrib.django import app

from mioboe.calls import actions
from mioboe.calls.models import Callback, Reason


def _callback(pk: int) -> Callback:
    return Callback.objects.select_related("case__customer", "case__order").get(pk=pk)


@app.task(name="calls.offer_lapses")
def offer_lapses(callback_id: int, agent_id: int, offered_at: str) -> None:
    """An offer that the agent has not taken in time goes to the next one."""
    actions.pass_on(_callback(callback_id), agent_id, datetime.fromisoformat(offered_at))


@app.task(name="calls.ringing_lapses")
def ringing_lapses(callback_id: int, ring: int) -> None:
    """Nobody answered."""
    actions.not_reached(_callback(callback_id), Reason.NO_ANSWER, ring)


@app.task(name="calls.becomes_due")
def becomes_due(callback_id: int) -> None:
    """What was asked for later, or is tried again, comes into the queue."""
    actions.becomes_due(_callback(callback_id))


@app.task(name="calls.wrap_up_lapses")
def wrap_up_lapses(agent_id: int, since: str) -> None:
    """The time for wrapping up has passed."""
    actions.wrap_up_lapses(agent_id, datetime.fromisoformat(since))
