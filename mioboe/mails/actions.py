from typing import Any

from django.utils import timezone

from mioboe.mails.ledger import enter
from mioboe.mails.models import Mail, MailState
from mioboe.mails.words import render, render_subject
from mioboe.people.models import Person
from mioboe.site.ids import new_id
from mioboe.trail.actions import record


def write_mail(kind: str, person: Person, about: list[str], *, attached: Any = (), **context: Any) -> Mail:
    """Writes the mail `mails/<kind>.{subject.txt,txt,html}` to the person in the person's language. It commits with the
    caller's transaction and a job sends it afterwards. `attached` are small text files ("name", "type", "text"). Called
    twice, it is two mails."""
    number = new_id()
    words = render(kind, person, number, **context)
    facts = {"kind": kind, "about": about, "attached": list(attached)}
    return enter(number=number, person=person, to=person.email, **facts, **words)


def promise_mail(kind: str, person: Person, about: list[str], **context: Any) -> Mail:
    """The same for a mail that the caller does not want to wait for: only its subject is written now, and the job that
    sends it writes the rest from what `mails.later` was told about its kind. Nor does a fault in its words undo what it
    is about."""
    number = new_id()
    subject = render_subject(kind, person, number, **context)
    return enter(number=number, person=person, to=person.email, kind=kind, about=about, subject=subject)


def note_sent(mail: Mail, raw: bytes) -> bool:
    """The mail server took it. False where it was noted before."""
    done = mail.change(MailState.QUEUED, MailState.SENT, sent_at=timezone.now(), raw=raw, problem="")
    if done:
        record("mail.sent", [*mail.about, f"mail:{mail.number}"], mail.person, subject=mail.subject)
    return done


def note_failed(mail: Mail, problem: str) -> bool:
    """It could not be delivered and nobody will try again. False where that was noted before."""
    done = mail.change(MailState.QUEUED, MailState.FAILED, problem=problem[:300])
    if done:
        record("mail.failed", [*mail.about, f"mail:{mail.number}"], mail.person, problem=problem[:300])
    return done
