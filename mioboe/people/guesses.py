"""Guesses at somebody's secret, and mails that anybody can have sent: whom they are counted against, so that nobody locks out
anybody else (docs/decisions/limits-that-lock-nobody-out.md).

Nothing is ever counted against an account alone. A known device of the account has a count of its own; everybody else is counted by
network, and by network and account. What only those can reach who hold the password already (the second step) has a count for all
strangers together: a reset link ends their knowing it, and that count with it.
"""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager

from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mioboe.people.limits import Limit, count, forget, uncount
from mioboe.people.models import Person

# Wrong passwords, codes: from one network or known device, at one account.
AT_ONE_ACCOUNT = Limit("guess.account", 10, 600)
# From one network at any account; a whole house or office, or a mobile carrier's gateway, stands behind one address.
FROM_ONE_NETWORK = Limit("guess.network", 100, 600)
# Wrong codes of the second step from all unknown devices together, who all know the password.
SECOND_STEP = Limit("guess.second_step", 30, 3600)
# Mails that a visitor has sent: from one network; and codes into one mailbox, for all unknown devices together.
MAILS_FROM_ONE_NETWORK = Limit("mail.network", 20, 600)
CODES_TO_ONE_MAILBOX = Limit("mail.codes", 20, 3600)
# Reset links into one mailbox. Past that the answer is the same, but no mail is sent: the links sent before still work.
LINKS_TO_ONE_MAILBOX = Limit("mail.links", 3, 900)
# An IPv6 line is given a whole /64.
LINE_PREFIX_V6 = 64


class TooMany(ImmediateHttpResponse):
    """Whoever asks has to wait: answered with a page that says how long."""

    def __init__(self, request: HttpRequest, wait_s: int) -> None:
        super().__init__(response=too_many(request, wait_s))


def too_many(request: HttpRequest, wait_s: int) -> HttpResponse:
    response = render(request, "429.html", {"wait_minutes": -(-wait_s // 60)}, status=429)
    response["Retry-After"] = str(wait_s)
    return response


def network_of(request: HttpRequest) -> str:
    return line_of(str(request.META["REMOTE_ADDR"]))


def line_of(address: str) -> str:
    """What stands for one line: an IPv4 address, an IPv6 /64; what is no address stays as it is."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(read, ipaddress.IPv6Address):
        if read.ipv4_mapped:
            return str(read.ipv4_mapped)
        return str(ipaddress.IPv6Network((read, LINE_PREFIX_V6), strict=False))
    return address


class Guess:
    """One guess, counted before it is looked at, so that many at once count as many."""

    def __init__(self, counts: list[tuple[Limit, str]]) -> None:
        self._counts = counts

    def was_right(self) -> None:
        """Takes this one back. The wrong ones before it stay: a right one of one's own in between buys nobody more guesses."""
        for limit, about in self._counts:
            uncount(limit, about)


def begin_guess(request: HttpRequest, account: str, known_device: str = "", *, second_step: bool = False) -> Guess:
    """`account` is a mail address, whether it has an account or not; `known_device` says which of the account's known devices asks,
    "" for none. Raises TooMany."""
    account = account.strip().lower()
    if known_device:
        counts = [(AT_ONE_ACCOUNT, f"device {known_device} at {account}")]
    else:
        network = network_of(request)
        counts = [(FROM_ONE_NETWORK, network), (AT_ONE_ACCOUNT, f"{network} at {account}")]
        if second_step:
            counts.append((SECOND_STEP, account))
    for limit, about in counts:
        if wait_s := count(limit, about):
            raise TooMany(request, wait_s)
    return Guess(counts)


@contextmanager
def a_guess(request: HttpRequest, account: str, known_device: str = "", *, second_step: bool = False) -> Iterator[None]:
    """A guess whose block raises where it was wrong. Raises TooMany."""
    guess = begin_guess(request, account, known_device, second_step=second_step)
    yield
    guess.was_right()


def may_mail_code(request: HttpRequest, account: str, known_device: str = "") -> None:
    """Counts a code that is asked for, whether there is such an account or not. Raises TooMany."""
    account = account.strip().lower()
    if known_device:
        counts = [(CODES_TO_ONE_MAILBOX, f"device {known_device} at {account}")]
    else:
        counts = [(MAILS_FROM_ONE_NETWORK, network_of(request)), (CODES_TO_ONE_MAILBOX, account)]
    for limit, about in counts:
        if wait_s := count(limit, about):
            raise TooMany(request, wait_s)


def may_mail_link(request: HttpRequest, account: str, known_device: str = "") -> bool:
    """Counts a reset link that is asked for; False where the mailbox has enough of them. Raises TooMany for a network that asks
    without end."""
    account = account.strip().lower()
    if not known_device and (wait_s := count(MAILS_FROM_ONE_NETWORK, network_of(request))):
        raise TooMany(request, wait_s)
    return not count(LINKS_TO_ONE_MAILBOX, account)


def forget_guesses(person: Person) -> None:
    """After a new password by mailed link: whoever guessed at the second step knows no password any more."""
    forget(SECOND_STEP, person.email.lower())
    forget(CODES_TO_ONE_MAILBOX, person.email.lower())
