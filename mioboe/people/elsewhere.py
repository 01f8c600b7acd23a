"""People whose account is at another shop, which reports their sign-ins to us (docs/decisions/accounts-of-other-shops.md)."""

from mioboe.people.models import Person

# Reserved by RFC 2606: no mail ever arrives there, and nobody can register it.
NOWHERE = "outside.invalid"


def is_elsewhere(person: Person) -> bool:
    """Whether the person has no mailbox that we know of: whatever there is to say, the other shop says."""
    return person.email.endswith(f"@{NOWHERE}")
