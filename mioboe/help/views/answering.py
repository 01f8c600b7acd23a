"""What the two presses do, wherever they are pressed: behind the mailed link or in the history."""

from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from mioboe.cases.actions import secure_account
from mioboe.cases.models import ProofKind
from mioboe.help.access import let_in
from mioboe.mails.links import use_link
from mioboe.mails.models import Link
from mioboe.signins.actions import answer_mine, answer_not_mine
from mioboe.signins.models import Notice, NoticeState


def is_answer(text: str) -> bool:
    return text in (NoticeState.MINE, NoticeState.NOT_MINE)


def say_mine(request: HttpRequest, notice: Notice, link: Link | None = None) -> bool:
    """ "This was me", by one press. False, with words, where it was answered before: in another tab, say."""
    with transaction.atomic():
        done = answer_mine(notice)
        if done and link:
            use_link(link)
    if done:
        messages.success(request, _("Thank you. We know this device from now on."))
    else:
        _tell_answered(request)
    return done


def say_not_mine(
    request: HttpRequest, notice: Notice, proof: ProofKind, words: str, link: Link | None = None
) -> HttpResponse:
    """ "This was not me", by one press: the case with its plan, and this browser is signed out like all others; it may see the case. Where
    it was answered before, nothing more happens, and the page says what was answered."""
    sign_in = notice.sign_in
    assert sign_in is not None
    with transaction.atomic():
        done = answer_not_mine(notice)
        if done:
            if link:
                use_link(link)
            case = secure_account(sign_in, proof, words)
    if not done:
        _tell_answered(request)
        return redirect(request.path)
    logout(request)
    let_in(request, case)
    messages.success(
        request, _("Done. Everybody is being signed out, you too. Set a new password with the link that we mailed.")
    )
    return redirect("help:case", case.number)


def _tell_answered(request: HttpRequest) -> None:
    messages.info(request, _("This was answered already; nothing was changed just now."))
