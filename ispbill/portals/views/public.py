"""Pages for everybody: landing, packages, status, and why a line is cut off."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ispbill.accounts.access import own_accounts, public
from ispbill.accounts.http import client_ip
from ispbill.core import clock
from ispbill.portals.queries import offers, paused_lines, service_status
from ispbill.portals.views.customer import CHOSEN_ACCOUNT
from payments.views import payer

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
@never_cache
@require_safe
def suspended(request: HttpRequest) -> HttpResponse:
    """P-10: where the walled garden leads: the reason, the amount and the way back.

    Only for the customer who is signed in and for who comes from the line; anybody else is told
    nothing about anybody.
    """
    explained = paused_lines.found(
        own_accounts(request.user), ip=client_ip(request),
        chosen=request.session.get(CHOSEN_ACCOUNT, ""), on=clock.today(),
    )  # fmt: skip
    if explained is None:
        return render(request, "public/suspended.html", {"frame": payer.PUBLIC})
    context = {"explained": explained, **payer.frame(request, explained.customer.pk)}
    name = "_suspended" if request.headers.get("HX-Request") else "suspended"
    response = render(request, f"public/{name}.html", context)
    response["Vary"] = "HX-Request"
    response["Referrer-Policy"] = "same-origin"
    return response
