"""Phones of the field: registered by the app, ended by the office, wiped when they next come."""

import json
import re
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fieldservice.forms.staff import ReasonForm
from fieldservice.models import FieldDevice
from fieldservice.queries import devices as queries
from fieldservice.rounds.queries import rounds
from fieldservice.rounds.services import lost
from fieldservice.rounds.views import technician as rounds_views
from fieldservice.services import devices, field_acts
from fieldservice.views import outbox
from ispbill.accounts import responses
from ispbill.accounts.access import may, public, staff_only, technician_only
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

MOST_LISTED = 200
SHORTEST_TOKEN, LONGEST_TOKEN = 32, 128
MOST_BYTES = 2 << 20  # 200 acts, the signatures among them; pictures are not taken in here
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)


@technician_only
@require_POST
def register(request: Request) -> JsonResponse:
    """Know this phone by the secret it made; 409 for a third phone, 404 for one that was ended."""
    token = request.headers.get("X-Field-Device", "")
    if not SHORTEST_TOKEN <= len(token) <= LONGEST_TOKEN:
        return JsonResponse({"why": "unreadable"}, status=400)
    with rls.as_house():
        try:
            devices.register(
                token=token,
                name=_platform(request.headers.get("User-Agent", "")),
                session_id=request.session.get("signed_in_id"),
                act=Act.now(request.user),
            )
        except devices.TooManyPhones as refusal:
            return JsonResponse({"why": str(refusal)}, status=409)
        except devices.PhoneEnded:
            raise Http404 from None
    return JsonResponse({"known": True})


@csrf_exempt  # no session is asked for: the phone's own secret says who it is
@public
@require_POST
def farewell(request: HttpRequest) -> JsonResponse:
    """Tell a phone whether it was ended, and take in what it still has before it wipes itself.

    Open to whoever knows the secret, so that a phone that is signed out hears of it too.
    """
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        return JsonResponse({"why": "too long"}, status=413)
    try:
        said: dict[str, Any] = json.loads(request.body)
        token, wiped = str(said["token"]), bool(said.get("wiped"))
        sent_at = datetime.fromisoformat(str(said["sent_at"]))
        actions = [one for one in said.get("actions", []) if one["kind"] in field_acts.KINDS]
        sent = [outbox.read_action(one, sent_at=sent_at, content=b"") for one in actions]
        paid = [one for one in said.get("actions", []) if one["kind"] == "payment"]
    except UNREADABLE:
        return JsonResponse({"why": "unreadable"}, status=400)
    now = clock.now()
    device = devices.called(token=token, at=now)
    if device is None:
        raise Http404
    if wiped:
        devices.left(device=device, at=now)
        return JsonResponse({"ended": True})
    kept = devices.hand_in(device=device, sent=sent, at=now)
    if devices.may_hand_in(device, at=now):
        kept += sum(_hold(device, one, sent_at, now) for one in paid[: devices.MOST_HANDED_IN])
    return JsonResponse({"ended": device.ended_at is not None, "kept": kept})


@require_GET
@staff_only("field.decide")
def index(request: Request) -> HttpResponse:
    """The phones jobs lie on, for ending one that is lost."""
    rows = list(queries.visible_to(request.user)[:MOST_LISTED])
    context = {"devices": rows, "may_supervise": may(request.user, "cash.supervise")}
    return render(request, "fieldservice/staff/devices.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("field.decide")
def end(request: Request, pk: int) -> HttpResponse:
    """End a phone, with the reason."""
    device = get_object_or_404(queries.visible_to(request.user).filter(ended_at=None), pk=pk)
    form = ReasonForm(request.POST or None)

    def run(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        devices.end(device=device, act=act)
        return _("The phone is ended.")

    return responses.carried_out(
        request,
        form,
        run,
        heading=_("End the phone of %(name)s?") % {"name": device.person.name},
        label=_("End the phone"),
        back=reverse("staff_fieldservice:devices"),
        effects=[
            _("It is signed out at once and gets no more jobs."),
            _("For three days it may hand in what was not sent; you decide on each of it."),
            _("Then it wipes itself."),
        ],
        danger=True,
    )


def _platform(agent: str) -> str:
    """Return what a browser says of the machine it runs on: "Linux; Android 14; Redmi 12"."""
    found = re.search(r"\(([^)]+)\)", agent)
    return found[1] if found else agent


def _hold(device: FieldDevice, action: dict[str, Any], sent_at: datetime, now: datetime) -> bool:
    """Keep a payment of an ended phone for the office; tell whether it was one of this person."""
    try:
        code, taken = rounds_views.read_payment(device.person, action, sent_at=sent_at)
        phone = rounds.device(device.person, code)
        return phone is not None and lost.hold(device=phone, taken=taken, at=now) is not None
    except (*UNREADABLE, ArithmeticError, DomainError, Http404):
        return False
