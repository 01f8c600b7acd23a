from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation

from mioboe.mails.models import Mail, MailState
from mioboe.people.models import Person
from mioboe.site.context import shop_name
from mioboe.site.ids import new_id
from mioboe.trail.actions import record


def write_mail(kind: str, person: Person, about: list[str], **context: Any) -> Mail:
    """Writes the mail `mails/<kind>.{subject.txt,txt,html}` to the person in the person's language. It commits with the
    caller's transaction and a job sends it afterwards. Called twice, it is two mails."""
    number = new_id()
    with translation.override(person.language):
        context |= {
            "person": person,
            "language": person.language,
            "shop_name": shop_name(),
            "mail_number": f"{number[:4]}-{number[4:]}",
        }
        subject = " ".join(render_to_string(f"mails/{kind}.subject.txt", context).split())
        context["subject"] = subject
        message = EmailMultiAlternatives(
            subject,
            render_to_string(f"mails/{kind}.txt", context).strip() + "\n",
            to=[person.email],
            headers={"X-Mail-Number": number, "X-Mail-Kind": kind, "X-Mail-About": " ".join(about)},
        )
        message.attach_alternative(render_to_string(f"mails/{kind}.html", context), "text/html")
        message.send()
    return Mail.objects.get(number=number)


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
