from procrastinate.contrib.django import app

from mioboe.calls import actions
from mioboe.calls.models import Callback


@app.task(name="calls.offer_lapses")
def offer_lapses(callback_id: int, agent_id: int) -> None:
    """An offer that the agent has not taken in time goes to the next one."""
    actions.pass_on(Callback.objects.select_related("case__customer").get(pk=callback_id), agent_id)


@app.task(name="calls.ringing_lapses")
def ringing_lapses(callback_id: int) -> None:
    """Nobody answered."""
    actions.note_missed(Callback.objects.select_related("case__customer").get(pk=callback_id))
