"""What technicians' phones send: one act a request, answered by what became of it."""

import json
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
from ispbill.core import rls
from ispbill.core.acts import Act

MOST_ACTION_CHARACTERS = 256 * 1024
MOST_FILE_BYTES = 5 << 20


@technician_only
@require_safe
def token(request: Request) -> JsonResponse:
    """Who is signed in, and a form token: the one in a kept page may be of an earlier session."""
    return JsonResponse({"token": get_token(request), "user": request.user.pk})


@technician_only
@require_POST
def receive(request: Request) -> JsonResponse:
    """Take in one act; 404 for a job its sender was never given, and then nothing is stored."""
    try:
        number, sent = _read(request)
    except (ValueError, KeyError, TypeError, AttributeError):
        return JsonResponse({"why": "unreadable"}, status=400)
    with rls.as_house():
        order = orders.ever_given_to(request.user).filter(number=number).first()
        if order is None:
            raise Http404
        row = outbox.receive(order=order, sent=sent, act=Act.now(request.user))
    answer = {"outcome": row.outcome, "moment": row.moment.isoformat(), **row.answer}
    return JsonResponse(answer, status=outbox.STATUS[row.outcome])


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
