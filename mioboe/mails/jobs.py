import smtplib
from email.mime.text import MIMEText

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.db.models import F
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from mioboe.mails import actions
from mioboe.mails.dkim import sign
from mioboe.mails.later import finish_words
from mioboe.mails.models import Mail, MailState

MOST_ATTEMPTS = 12
LONGEST_PAUSE_S = 3600


class GrowingPauses(BaseRetryStrategy):
    """1, 2, 4 … seconds, an hour at most, twelve times: an outage of an hour or two costs nobody a mail."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.attempts >= MOST_ATTEMPTS or isinstance(exception, Refused):
            return None
        return RetryDecision(retry_in={"seconds": min(2**job.attempts, LONGEST_PAUSE_S)})


class Refused(Exception):
    """The server will not have this mail, now or ever (5xx)."""


@app.task(name="mails.send_mail", retry=GrowingPauses(), pass_context=False)
def send_mail(mail_id: int) -> None:
    """Sends one mail, signed. Run twice it finds the mail sent; only a lost answer of the server can double it."""
    mail = Mail.objects.filter(pk=mail_id, state=MailState.QUEUED).first()
    if mail is None:
        return
    Mail.objects.filter(pk=mail_id).update(attempts=F("attempts") + 1)
    if not mail.text:
        finish_words(mail)
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        to=[mail.to],
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated", "X-Mail-Number": mail.number},
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for file in mail.attached:
        message.attach(_part(file))
    raw = sign(message.message().as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    server = EmailBackend()
    try:
        server.open()
        assert server.connection is not None
        server.connection.sendmail(message.from_email, [mail.to], raw)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
        problem = str(error)[:300]
        Mail.objects.filter(pk=mail_id).update(problem=problem)
        if _is_final(error):
            actions.note_failed(mail, problem)
            raise Refused(problem) from error
        raise
    finally:
        server.close()
    actions.note_sent(mail, raw)


def _part(file: dict[str, str]) -> MIMEText:
    """A text file of ours as a part of its own, in UTF-8."""
    kind, *parameters = (part.strip() for part in file["type"].split(";"))
    part = MIMEText(file["text"], kind.removeprefix("text/"), "utf-8")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        part.set_param(name, value)
    part.add_header("Content-Disposition", "attachment", filename=file["name"])
    return part


def _is_final(error: smtplib.SMTPException) -> bool:
    """5xx answers are final (RFC 5321, 4.2.1), 4xx are worth another try."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500
