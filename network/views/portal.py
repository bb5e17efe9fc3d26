"""/status: what everybody may see of the network."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ispbill.accounts.access import public
from network.queries import service_status


@public
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """P-09: how the network is doing, as far as the routers tell."""
    return render(request, "network/public/status.html", {"status": service_status.now()})
