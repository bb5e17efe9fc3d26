"""/technician/jobs/<number>/line/: how a job's line is at this moment, for who stands there."""

from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fieldservice.models import WorkOrder
from fieldservice.queries import orders
from fieldservice.rules import lifecycle
from ispbill.accounts.access import technician_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats, rls
from network.models import Access
from network.services import live


@technician_only
@require_POST
def check(request: Request, number: str) -> JsonResponse:
    """Ask the router about the line: its state, its session, and a ping through the router.

    404 for a job that is not the technician's, is not under way, or has no line.
    """
    sent_out = orders.visible_to(request.user).filter(state__in=lifecycle.SENT_OUT)
    order = get_object_or_404(sent_out, number=number)
    with rls.as_house():
        line = _line(order)
    if line is None:
        raise Http404
    with rls.as_house():
        return JsonResponse({"facts": _facts(line, at=clock.now())})


def _line(order: WorkOrder) -> Access | None:
    found = Access.objects.select_related("router").filter(subscription=order.subscription_id or 0)
    return found.exclude(desired_state=Access.State.REMOVED).first()


def _facts(line: Access, *, at: datetime) -> list[list[str]]:
    """Return what is known, a label and a value each; whatever the router says last."""
    facts = [[_("Wanted"), line.get_desired_state_display()]]
    if line.confirmed_generation < line.generation:
        facts.append([_("On the router"), _("not confirmed yet")])
    session = live.session_of(line=line, at=at)
    if session.error:
        return [*facts, [_("Session"), session.error], *_noted(line)]
    if not session.is_online:
        gone = " ".join(filter(None, [session.last_logged_out, session.disconnect_reason]))
        return [*facts, [_("Session"), _("none")], *([[_("Last session"), gone]] if gone else [])]
    facts.append([_("Session"), " ".join(filter(None, [session.address, session.caller_id]))])
    if session.uptime_seconds:
        facts.append([_("Since"), formats.moment(at - timedelta(seconds=session.uptime_seconds))])
    return [*facts, [_("Ping"), _echo(live.ping(line=line))]]


def _noted(line: Access) -> list[list[str]]:
    if line.session_noted_at is None:
        return []
    state = _("on line") if line.has_session else _("off line")
    return [[_("Last seen"), f"{state}, {formats.moment(line.session_noted_at)}"]]


def _echo(echo: Any) -> str:
    if echo.error:
        return str(echo.error)
    said = _("%(received)d of %(sent)d came back") % {"received": echo.received, "sent": echo.sent}
    return f"{said}, {echo.milliseconds:.0f} ms" if echo.milliseconds is not None else said
