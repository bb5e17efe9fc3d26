"""The page everybody comes to first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers.queries import coverage, offers
from ispbill.accounts.access import public
from ispbill.core import clock

TEASED = 3


@public
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """P-01: who we are, what we offer, and the ways on."""
    context = {"offers": offers.current(on=clock.today())[:TEASED], "areas": coverage.all_areas()}
    return render(request, "public/landing.html", context)
