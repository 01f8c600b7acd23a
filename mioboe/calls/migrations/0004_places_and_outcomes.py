from django.db import migrations
from django.db.models import F

# What an agent may say came of a call, to begin with; the operator changes the list.
OUTCOMES = (
    ("solved", "解決しました", "solved"),
    ("call_again", "後日あらためてお電話します", "to call again"),
    ("wrong_person", "別の方が出られました", "wrong person"),
    ("nobody", "お出になりませんでした", "nobody there"),
    ("other", "その他", "something else"),
)


def begin(apps, schema_editor):
    callbacks = apps.get_model("calls", "Callback").objects
    callbacks.update(due_at=F("asked_at"), place_at=F("asked_at"), first_rang_at=F("rang_at"))
    outcome = apps.get_model("calls", "Outcome")
    for place, (slug, words_ja, words_en) in enumerate(OUTCOMES):
        outcome.objects.get_or_create(slug=slug, defaults={"words_ja": words_ja, "words_en": words_en, "place": place})


class Migration(migrations.Migration):
    dependencies = [("calls", "0003_queue_and_duty")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
