"""Every state machine: what its table allows works, and nothing else is tried."""

import pytest
from django.apps import apps

from mioboe.mails.models import Mail, MailState
from mioboe.orders.models import Access, AccessState
from mioboe.site.states import ImpossibleChange, JoinedRows, Stateful, change_all
from tests import world

MACHINES = [model for model in apps.get_models() if issubclass(model, Stateful)]


def test_the_machines_are_found():
    assert {model.__name__ for model in MACHINES} >= {
        "Order",
        "Charge",
        "Refund",
        "Case",
        "Remedy",
        "Callback",
        "Duty",
        "Mail",
    }


@pytest.mark.parametrize("model", MACHINES)
def test_every_state_is_in_the_table_and_the_database_knows_it(model):
    states = {value for value, _ in model._meta.get_field("state").choices}
    assert {str(state) for state in model.CHANGES} == states
    assert {str(new) for news in model.CHANGES.values() for new in news} <= states
    checks = [constraint.name for constraint in model._meta.constraints if "state_known" in constraint.name]
    assert checks, f"no CHECK keeps {model.__name__}.state to its values"


@pytest.mark.django_db
@pytest.mark.parametrize("model", MACHINES)
def test_a_change_that_the_table_does_not_have_is_refused(model):
    for old, news in model.CHANGES.items():
        for new in set(model.CHANGES) - news:
            with pytest.raises(ImpossibleChange):
                change_all(model.objects.all(), old, new)


@pytest.mark.django_db
def test_who_comes_second_is_told():
    world.bought(world.customer())
    first, second = Mail.objects.get(), Mail.objects.get()
    assert first.change(MailState.QUEUED, MailState.FAILED, problem="no such box")
    assert first.state == MailState.FAILED and first.problem == "no such box"
    assert not second.change(MailState.QUEUED, MailState.FAILED)


@pytest.mark.django_db
def test_a_change_over_a_join_is_refused_as_it_would_not_be_compare_and_set():
    with pytest.raises(JoinedRows):
        change_all(Access.objects.filter(line__order__number="X"), AccessState.GRANTED, AccessState.REVOKED)
