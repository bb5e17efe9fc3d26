"""What technicians' phones send: acts in batches, each answered by what became of it."""

import json
import logging
import uuid
from datetime import datetime
from typing import Any

from django.http import Http404, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_POST, require_safe

from fieldservice.queries import orders
from fieldservice.services import field_acts, outbox
from fieldservice.services.outbox import Sent
from ispbill.accounts.access import technician_only
from ispbill.accounts.http import Request
from ispbill.core import digits, rls
from ispbill.core.acts import Act
from ispbill.core.scanning import NotClean, ScannerAway, takes_files

MOST_ACTION_CHARACTERS = 256 * 1024
MOST_BATCH_BYTES = 256 * 1024
MOST_ACTS = 50  # a batch
MOST_FILE_BYTES = 5 << 20
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)
HELD = {400, 404, 500}  # after which a job's later acts are not looked at
logger = logging.getLogger(__name__)


@technician_only
@require_safe
def token(request: Request) -> JsonResponse:
    """Who is signed in, and a form token: the one in a kept page may be of an earlier session."""
    return JsonResponse({"token": get_token(request), "user": request.user.pk})


@technician_only
@takes_files
@require_POST
def receive(request: Request) -> JsonResponse:
    """Take in acts: a batch as JSON, or one of a form, that may bring its picture along.

    404 for a job its sender was never given, and then nothing of it is stored. A picture that was
    not found clean is refused with its act; while the scanner is away the phone keeps both.
    """
    if request.content_type == "application/json":
        return _receive_many(request)
    try:
        number, sent = _read(request)
    except UNREADABLE:
        return JsonResponse({"why": "unreadable"}, status=400)
    except ScannerAway as refusal:
        return JsonResponse({"why": str(refusal)}, status=503)
    except NotClean as refusal:
        return JsonResponse({"why": str(refusal)}, status=422)
    status, answer = _take_in(request, number, sent)
    if status == 404:
        raise Http404
    return JsonResponse(answer, status=status)


def _receive_many(request: Request) -> JsonResponse:
    """Answer each act of a batch by itself, in its order: a failure holds its own job only."""
    if digits.whole(request.headers.get("Content-Length", ""), most=MOST_BATCH_BYTES) is None:
        return JsonResponse({"why": "too long"}, status=413)
    try:
        said = json.loads(request.body)
        sent_at, acts = _moment(said["sent_at"]), [dict(one) for one in said["actions"]]
    except UNREADABLE:
        return JsonResponse({"why": "unreadable"}, status=400)
    if not 0 < len(acts) <= MOST_ACTS:
        return JsonResponse({"why": "too many"}, status=413)
    held: set[str] = set()
    answers = []
    for one in acts:
        job = str(one.get("order"))
        status, answer = (503, {}) if job in held else _of_batch(request, one, sent_at)
        if status in HELD:
            held.add(job)
        answers.append({**answer, "id": one.get("id"), "status": status})
    return JsonResponse({"answers": answers})


def _of_batch(
    request: Request, said: dict[str, Any], sent_at: datetime
) -> tuple[int, dict[str, Any]]:
    """Take in one act of a batch; what fails unforeseen undoes itself and none of the others."""
    try:
        number, sent = read_action(said, sent_at=sent_at, content=b"")
    except UNREADABLE:
        return 400, {"why": "unreadable"}
    try:
        return _take_in(request, number, sent)
    except Exception:
        logger.exception("field act failed")
        return 500, {}


def _take_in(request: Request, number: str, sent: Sent) -> tuple[int, dict[str, Any]]:
    """Take in an act; return its status, and what became of it and of its job."""
    with rls.as_house():
        order = orders.ever_given_to(request.user).filter(number=number).first()
        if order is None:
            return 404, {}
        row = outbox.receive(order=order, sent=sent, act=Act.now(request.user))
        order.refresh_from_db(fields=["state", "version"])
    answer = {"state": order.state, "version": order.version, **row.answer}
    return outbox.STATUS[row.outcome], {
        "outcome": row.outcome,
        "moment": row.moment.isoformat(),
        **answer,
    }


def _read(request: Request) -> tuple[str, Sent]:
    """Return the job's number and the act. Raises ValueError, KeyError, TypeError."""
    text = request.POST.get("action", "")
    if len(text) > MOST_ACTION_CHARACTERS:
        raise ValueError
    said: dict[str, Any] = json.loads(text)
    file = request.FILES.get("file")
    if file is not None and (file.size or 0) > MOST_FILE_BYTES:
        raise ValueError
    content = file.read() if file is not None else b""
    return read_action(said, sent_at=_moment(request.POST.get("sent_at", "")), content=content)


def read_action(said: dict[str, Any], *, sent_at: datetime, content: bytes) -> tuple[str, Sent]:
    """Return the job's number and the act a phone describes. Raises ValueError, KeyError."""
    if said["kind"] not in field_acts.KINDS or not isinstance(said["payload"], dict):
        raise ValueError
    if sent_at.tzinfo is None:
        raise ValueError
    return str(said["order"]), Sent(
        id=uuid.UUID(str(said["id"])),
        kind=said["kind"],
        after=uuid.UUID(str(said["after"])) if said.get("after") else None,
        base_version=min(max(int(said["base_version"]), 0), 1_000_000),
        payload=said["payload"],
        client_at=_moment(said["client_at"]),
        sent_at=sent_at,
        content=content,
    )


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError
    return found
