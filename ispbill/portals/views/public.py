"""Pages for everybody: landing, packages, status, and why a line is cut off."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ispbill.accounts.access import public
from ispbill.core import clock
from ispbill.portals.queries import offers, service_status

TEASED = 3


@public
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """P-01: who we are, what we offer, and the ways on."""
    return render(
        request, "public/landing.html", {"offers": offers.current(on=clock.today())[:TEASED]}
    )


@public
@require_safe
def packages(request: HttpRequest) -> HttpResponse:
    """P-02: every package on offer."""
    return render(request, "public/packages.html", {"offers": offers.current(on=clock.today())})


@public
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """P-09: how the network is doing, as far as the routers tell."""
    return render(request, "public/status.html", {"status": service_status.now()})


@public
@require_safe
def suspended(request: HttpRequest) -> HttpResponse:
    """P-10: where the walled garden leads."""
    return render(request, "public/suspended.html")
