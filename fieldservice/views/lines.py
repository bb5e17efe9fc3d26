"""/technician/jobs/<number>/line/: how a job's line is at this moment, for who stands there."""

from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST

from fieldservice.queries import orders
from fieldservice.rules import lifecycle
from fieldservice.services import line_checks, line_trials
from ispbill.accounts.access import technician_only
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


@technician_only
@require_http_methods(["GET", "POST"])
def check(request: Request, number: str) -> JsonResponse:
    """POST has the router asked and gives a ticket; GET with it says what the router answered.

    202 while the router is asked; 404 for a job that is not the technician's, is not under way, or
    has no line.
    """
    sent_out = orders.visible_to(request.user).filter(state__in=lifecycle.SENT_OUT)
    order = get_object_or_404(sent_out, number=number)
    if request.method == "POST":
        with rls.as_house():
            ticket = line_checks.ask(order=order, by=request.user)
        if not ticket:
            raise Http404
        return JsonResponse({"ticket": ticket}, status=202)
    facts = line_checks.answer(ticket=request.GET.get("ticket", "")[:40], by=request.user)
    if facts is None:
        raise Http404
    return JsonResponse({"facts": facts}, status=200 if facts else 202)


@technician_only
@require_POST
def try_out(request: Request, number: str) -> JsonResponse:
    """Open a pending service's line for an hour. 422 with the reason where that cannot be."""
    order = get_object_or_404(orders.visible_to(request.user), number=number)
    try:
        with rls.as_house():
            trial = line_trials.begin(order=order, act=Act.now(request.user))
    except DomainError as error:
        return JsonResponse({"error": str(error)}, status=422)
    left = line_trials.MOST - trial.number
    return JsonResponse({"until": f"{trial.until.astimezone(clock.zone()):%H:%M}", "left": left})
