"""The demo's mailbox shows mails as a mail program does."""

from email.message import EmailMessage
from mailbox import Maildir

import pytest

from mioboe.demo.mailbox import received
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(client, settings, tmp_path):
    """The page in the frame, for a mail of plain text."""
    settings.DATA_DIR = tmp_path
    (tmp_path / "mailbox").mkdir()
    person = world.customer(language="ja")
    message = EmailMessage()
    message["Subject"] = "お知らせ"
    message["From"] = "shop@hoshizora.example"
    message.set_content("次のページをご覧ください。\n\nhttp://127.0.0.1:8000/help/\n<script>alert(1)</script>\n")
    Maildir(tmp_path / "mailbox" / person.email).add(bytes(message))
    (mail,) = received(person.email)
    return client.get(f"/demo/mailbox/{person.email}/{mail.key}/html/")


def test_a_mail_of_plain_text_can_be_read_in_the_dark_and_its_links_pressed(letter):
    page = letter.content.decode()
    assert "prefers-color-scheme: dark" in page
    assert '<html lang="ja">' in page
    assert '<base target="_top">' in page
    assert 'href="http://127.0.0.1:8000/help/"' in page


def test_what_a_mail_says_is_never_run(letter):
    assert "<script>" not in letter.content.decode()
    assert "sandbox" in letter["Content-Security-Policy"]
