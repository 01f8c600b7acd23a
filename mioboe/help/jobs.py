from procrastinate.contrib.django import app

from mioboe.help.contact_links import write_link


@app.task(name="help.mail_contact_link")
def mail_contact_link(person_id: int | None, query: str) -> None:
    """Mails somebody who cannot sign in a link to us; nothing for an address that nobody has."""
    write_link(person_id, query)
