"""A mail read again on our pages, by somebody who is signed in but need not hold the mailbox."""

import re

from mioboe.mails.models import Mail

# What stands for a link: most of ours prove that whoever presses them holds the mailbox, which a session does not.
LINK_LEFT_OUT = "[…]"
_LINK = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)


# A code stands on a line of its own in our mails, and proves the same.
_CODE = re.compile(r"^\d{4,8}$", re.MULTILINE)


def readable(mail: Mail) -> str:
    """The mail's text without its links and codes."""
    return _CODE.sub(LINK_LEFT_OUT, _LINK.sub(LINK_LEFT_OUT, mail.text))
