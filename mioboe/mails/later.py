"""Mails whose words are written by the job that sends them."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from mioboe.mails.models import Mail
from mioboe.mails.words import render

# By kind: what a mail's templates need, found by what the mail is about. Makes its links, too.
_contexts: dict[str, Callable[[Mail], dict[str, Any]]] = {}


def written_later(kind: str, context: Callable[[Mail], dict[str, Any]]) -> None:
    """Says how a promised mail of this kind gets its words; to be called when the room above starts."""
    _contexts[kind] = context


@transaction.atomic
def finish_words(mail: Mail) -> None:
    """Writes the text and HTML of a promised mail. May be called any number of times: what is written stays."""
    current = Mail.objects.select_for_update(of=("self",)).select_related("person").get(pk=mail.pk)
    if not current.text:
        assert current.person is not None, "only people are promised mails"
        words = render(current.kind, current.person, current.number, **_contexts[current.kind](current))
        current.text, current.html = words["text"], words["html"]
        current.save(update_fields=["text", "html"])
    mail.text, mail.html = current.text, current.html
