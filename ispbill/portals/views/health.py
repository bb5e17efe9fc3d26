"""Three questions apart: is this process alive, may it be sent requests, is the business well."""

import hmac
from dataclasses import asdict
from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ispbill.accounts.access import public
from ispbill.core import clock
from ispbill.portals.queries import figures, readiness
from ispbill.upkeep.queries import conditions as business


@public
@never_cache
@require_safe
def livez(_request: HttpRequest) -> HttpResponse:
    """Say that this process answers."""
    return HttpResponse("ok", content_type="text/plain")


@public
@never_cache
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """Say whether this process can read and write: 200, or 503 with what is not there."""
    found = readiness.look()
    told = {
        "ready": not found.failing,
        "failing": {check.name: check.problem for check in found.failing},
        "degraded": {check.name: check.problem for check in found.degraded},
    }
    response = JsonResponse(told, status=503 if found.failing else 200)
    if found.failing:
        response["Retry-After"] = str(int(readiness.KEPT_SECONDS))
    return response


@public
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Say whether the business is well: ok and warning are 200, critical is 503.

    What is behind it is told to holders of METRICS_TOKEN, the owner and the network's people.
    """
    found = business.conditions(at=clock.now(), real_at=clock.real_now())
    level = business.worst(found)
    told: dict[str, object] = {"status": level}
    if _may_see_more(request):
        told["conditions"] = [asdict(condition) for condition in found]
    status = HTTPStatus.SERVICE_UNAVAILABLE if level == business.CRITICAL else HTTPStatus.OK
    return JsonResponse(told, status=status)


@public
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give figures in the Prometheus text format to holders of METRICS_TOKEN; else 404."""
    if not _has_token(request):
        raise Http404
    told = figures.text(at=clock.now(), real_at=clock.real_now())
    return HttpResponse(told, content_type="text/plain; version=0.0.4")


def _may_see_more(request: HttpRequest) -> bool:
    role = getattr(request.user, "role", "")
    return _has_token(request) or role in {"OWNER", "NOC"}


def _has_token(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())
