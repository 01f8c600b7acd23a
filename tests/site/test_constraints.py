"""The database itself holds what the models say: every CHECK is there with its condition, every unique rule refuses."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from mioboe.site.states import Stateful
from tests import world

pytestmark = pytest.mark.django_db
OURS = [model for model in apps.get_models() if model.__module__.startswith("mioboe.")]
RULES = [(model, rule) for model in OURS for rule in model._meta.constraints]
UNIQUE = [
    (model, field) for model in OURS for field in model._meta.concrete_fields if field.unique and not field.primary_key
]


def definitions(model: type[models.Model]) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass"
            " UNION SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s",
            [model._meta.db_table, model._meta.db_table],
        )
        return dict(cursor.fetchall())


@pytest.mark.parametrize(("model", "rule"), RULES, ids=[rule.name for _, rule in RULES])
def test_a_models_rule_is_the_databases(model, rule):
    there = definitions(model)
    assert rule.name in there
    if isinstance(rule, models.UniqueConstraint):
        assert "UNIQUE" in there[rule.name]
        assert ("WHERE" in there[rule.name]) == bool(rule.condition)


@pytest.mark.parametrize(("model", "field"), UNIQUE, ids=[str(field) for _, field in UNIQUE])
def test_a_unique_field_is_unique_in_the_database(model, field):
    assert any(
        text.startswith(("UNIQUE", "CREATE UNIQUE"))
        and text.rstrip().endswith((f"({field.column})", f'("{field.column}")'))
        for text in definitions(model).values()
    )


@pytest.mark.parametrize("model", [model for model in OURS if issubclass(model, Stateful)])
def test_no_row_is_in_a_state_that_does_not_exist(model):
    """On whatever rows there are; the CHECK is looked at where there are none."""
    world.bought(world.customer(), world.kettle())
    row = model._default_manager.first()
    if row is None:
        checks = [text for name, text in definitions(model).items() if name.endswith("state_known")]
        assert checks and all(str(state) in checks[0] for state in model.CHANGES)
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            model._default_manager.filter(pk=row.pk).update(state="lost")
