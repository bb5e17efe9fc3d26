"""Is the process alive, is the installation ready, and a few figures for a monitor."""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ispbill.accounts.access import public
from ispbill.core import clock
from ispbill.portals.queries import readiness


@public
@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that this process answers."""
    return HttpResponse("ok", content_type="text/plain")


@public
@never_cache
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """Say whether everything a page needs is there: 200, or 503 with what is not."""
    checks = readiness.checks(now=clock.now, real_at=clock.real_now())
    failing = {check.name: check.problem for check in checks if check.problem}
    status = 503 if failing else 200
    return JsonResponse({"ready": not failing, "failing": failing}, status=status)


@public
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give figures in the Prometheus text format to who holds METRICS_TOKEN; else 404."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise Http404
    lines = [
        f"ispbill_{name} {value}"
        for name, value in readiness.figures(at=clock.now(), real_at=clock.real_now()).items()
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")
