"""A call as an entry in somebody's calendar: iCalendar (RFC 5545), so that it is moved and taken out again by the mails that follow."""

from datetime import UTC, datetime, timedelta

LENGTH = timedelta(minutes=15)
LONGEST_LINE = 75  # octets, RFC 5545, 3.1
_SEQUENCE_BEGINS = datetime(2026, 1, 1, tzinfo=UTC)


def entry(
    uid: str, starts: datetime, now: datetime, summary: str, description: str, *, is_cancelled: bool = False
) -> str:
    """One entry. A later one of the same `uid` takes the place of an earlier one."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Mioboe//Callback//EN",
        f"METHOD:{'CANCEL' if is_cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        # Grows with time: seconds, which fit 31 bits for 68 years.
        f"SEQUENCE:{int((now - _SEQUENCE_BEGINS).total_seconds())}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(starts)}",
        f"DTEND:{_utc(starts + LENGTH)}",
        f"SUMMARY:{_text(summary)}",
        f"DESCRIPTION:{_text(description)}",
        f"STATUS:{'CANCELLED' if is_cancelled else 'CONFIRMED'}",
        "TRANSP:OPAQUE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(_folded(line) + "\r\n" for line in lines)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "")):
        words = words.replace(plain, escaped)
    return words


def _folded(line: str) -> str:
    """No line is longer than 75 octets; what goes on begins with a space, and no character is cut in two."""
    parts: list[str] = []
    part, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > LONGEST_LINE - (1 if parts else 0):
            parts.append(part)
            part, size = "", 0
        part, size = part + character, size + octets
    return "\r\n ".join([*parts, part])
