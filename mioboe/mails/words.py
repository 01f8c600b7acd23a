"""A mail's words: its templates `mails/<kind>.{subject.txt,txt,html}`, in the language of whom it goes to."""

from typing import Any
from urllib.parse import urlencode

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from mioboe.people.models import Person
from mioboe.site.context import shop_name


def contact_url(**chosen: str) -> str:
    """The way to us without a mail's link, with what is known already: the number of an order ("none" for none), what it is about."""
    return settings.MIOBOE_BASE_URL + reverse("help:contact") + (f"?{urlencode(chosen)}" if chosen else "")


def render(kind: str, person: Person, number: str, **context: Any) -> dict[str, str]:
    """Subject, text and HTML; `number` is the mail's."""
    with translation.override(person.language):
        # What is found without a link: the mail's own way to us, where it has one.
        context = {"help_url": contact_url()} | context
        context |= _everywhere(person, number)
        context["subject"] = _subject(kind, context)
        html = render_to_string(f"mails/{kind}.html", context)
        return {
            "subject": context["subject"],
            "text": render_to_string(f"mails/{kind}.txt", context).strip() + "\n",
            "html": css_inline.inline(html, load_remote_stylesheets=False),
        }


def render_subject(kind: str, person: Person, number: str, **context: Any) -> str:
    with translation.override(person.language):
        return _subject(kind, context | _everywhere(person, number))


def _everywhere(person: Person, number: str) -> dict[str, Any]:
    return {
        "person": person,
        "language": person.language,
        "shop_name": shop_name(),
        "mail_number": f"{number[:4]}-{number[4:]}",
    }


def _subject(kind: str, context: dict[str, Any]) -> str:
    return " ".join(render_to_string(f"mails/{kind}.subject.txt", context).split())
