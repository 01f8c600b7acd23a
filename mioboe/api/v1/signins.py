"""Another shop's sign-ins: it reports them, asks how familiar they are, and passes on what its customer answered."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from mioboe.api.accounts import account_of, find_account
from mioboe.api.gate import Key
from mioboe.api.models import ApiKey, Scope
from mioboe.api.once import once
from mioboe.api.problems import Problem, ProblemDetails
from mioboe.api.v1 import shapes
from mioboe.signins import actions
from mioboe.signins.familiarity import DeviceSeen, NetworkSeen
from mioboe.signins.models import Device, Notice, NoticeState, SignIn
from mioboe.signins.places import place_words
from mioboe.signins.templatetags.signins_tags import device_name
from mioboe.signins.words import reason_words

LARGEST_ID = 2**63 - 1  # PostgreSQL's bigint

router = Router(auth=Key(Scope.SIGN_INS), tags=["Sign-ins"])
STEPS = {
    shapes.Verdict.FAMILIAR: shapes.Step.NOTHING,
    shapes.Verdict.UNFAMILIAR: shapes.Step.TELL_CUSTOMER,
    shapes.Verdict.VERY_UNFAMILIAR: shapes.Step.SECOND_STEP,
}
FAULTS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 413, 422, 429), ProblemDetails)


@router.post("", response={200: shapes.Noted, **FAULTS}, url_name="report", operation_id="reportSignIn")
def report(request: HttpRequest, told: shapes.Report, idempotency_key: shapes.IdempotencyKey) -> dict[str, Any]:
    """Report one sign-in, and get a verdict."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    return once(request, idempotency_key, lambda: _note(key.source, told))


@router.post("/batch", response={200: shapes.NotedBatch, **FAULTS}, url_name="batch", operation_id="reportSignIns")
def batch(request: HttpRequest, told: shapes.Batch, idempotency_key: shapes.IdempotencyKey) -> dict[str, Any]:
    """Report up to 1,000 sign-ins. All of them are kept, or none: one that cannot be is named, and nothing was done."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    return once(request, idempotency_key, lambda: _note_all(key.source, told.reports))


@router.post(
    "/{int:sign_in_id}/answer",
    response={200: shapes.Heard, **FAULTS, 404: ProblemDetails, 409: ProblemDetails},
    url_name="answer",
    operation_id="answerSignIn",
)
def answer(
    request: HttpRequest, sign_in_id: int, said: shapes.Said, idempotency_key: shapes.IdempotencyKey
) -> dict[str, Any]:
    """Pass on what the customer answered to "was this you?". Once: the same again changes nothing, the opposite is refused."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    return once(request, idempotency_key, lambda: _hear(key.source, sign_in_id, said.is_mine))


def _note_all(source: str, reports: list[shapes.Report]) -> shapes.NotedBatch:
    # By account, so that two batches never wait for each other in a circle; an account's own in the order of time.
    order = sorted(
        range(len(reports)), key=lambda at: (reports[at].account, reports[at].at is None, reports[at].at or 0)
    )
    noted = {at: _note(source, reports[at]) for at in order}
    return shapes.NotedBatch(reports=[noted[at] for at in range(len(reports))])


def _note(source: str, report: shapes.Report) -> shapes.Noted:
    account = account_of(source, report.account)
    ip = str(report.ip) if report.ip else None
    if report.outcome == shapes.Outcome.FAILURE:
        actions.note_attempt(account.person, ip, report.user_agent, report.method, report.at)
        return shapes.Noted(outcome=report.outcome, sign_in=None)
    told = actions.Told(
        ip=ip,
        user_agent=report.user_agent,
        session=f"{source}:{report.session}" if report.session else "",
        method=report.method,
        at=report.at,
        secret=report.device_secret,
    )
    noted = actions.note_told(account.person, told)
    return shapes.Noted(outcome=report.outcome, sign_in=_weighed(account.reference, noted))


def _weighed(reference: str, noted: actions.Noted) -> shapes.Weighed:
    sign_in = noted.sign_in
    verdict = _verdict(sign_in)
    network = None if sign_in.network_seen is None else NetworkSeen(sign_in.network_seen).name.lower()
    browser = None if sign_in.device_seen is None else DeviceSeen(sign_in.device_seen).name.lower()
    return shapes.Weighed(
        id=sign_in.pk,
        account=reference,
        verdict=verdict,
        score=sign_in.score,
        network=network,  # type: ignore[arg-type]
        browser=browser,  # type: ignore[arg-type]
        reasons=sign_in.reasons,
        words=reason_words(sign_in),
        suggested_step=STEPS[verdict],
        device=_device(noted),
        place=shapes.PlaceShown(
            country=sign_in.country,
            prefecture=sign_in.prefecture,
            words=place_words(sign_in.country, sign_in.prefecture),
        ),
    )


def _verdict(sign_in: SignIn) -> shapes.Verdict:
    if sign_in.is_familiar:
        return shapes.Verdict.FAMILIAR
    return shapes.Verdict.VERY_UNFAMILIAR if sign_in.is_very_unfamiliar else shapes.Verdict.UNFAMILIAR


def _device(noted: actions.Noted) -> shapes.DeviceShown:
    if noted.sign_in.device is None:
        browser, system = actions.name_of(noted.sign_in.user_agent)
        shown = Device(browser=browser, system=system)
        return shapes.DeviceShown(name=device_name(shown), is_known=False, secret=None)
    is_known = "device_proven" in noted.sign_in.reasons or noted.sign_in.is_familiar
    return shapes.DeviceShown(name=device_name(noted.sign_in.device), is_known=is_known, secret=noted.secret)


def _hear(source: str, sign_in_id: int, is_mine: bool) -> shapes.Heard:
    if sign_in_id > LARGEST_ID:
        raise Problem("not-found")
    sign_in = SignIn.objects.select_related("device", "person").filter(pk=sign_in_id).first()
    if sign_in is None or find_account(source, sign_in.person_id) is None:
        raise Problem("not-found")
    notice = actions.notice_of(sign_in)
    done = actions.answer_mine(notice) if is_mine else actions.answer_not_mine(notice)
    if not done and Notice.objects.values_list("state", flat=True).get(pk=notice.pk) != (
        NoticeState.MINE if is_mine else NoticeState.NOT_MINE
    ):
        raise Problem("answered-otherwise")
    if done and not is_mine and sign_in.device is not None:
        actions.revoke_device(sign_in.device)
    step = shapes.Step.NOTHING if is_mine else shapes.Step.END_SESSIONS
    return shapes.Heard(id=sign_in.pk, is_mine=is_mine, suggested_step=step)
