"""/reseller-portal/: a reseller's own customers, to read."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from contracts.queries import contracts
from ispbill.accounts.access import reseller_only
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from network.outages.queries import affecting
from resellers.models import Reseller
from resellers.queries import invitations, own, own_customers, own_figures
from resellers.views import portal


@reseller_only
@require_GET
def dashboard(request: Request) -> HttpResponse:
    """R-01: counts, what is due, what came in, and the first customers."""
    ids = request.customer_ids
    page, following = own_customers.page(ids)
    on = clock.today()
    unsigned, ending = contracts.waiting_tasks(ids, on=on)
    with rls.as_house():
        login = own.login_of(request.user)
        areas = list(login.reseller.areas.values_list("pk", flat=True)) if login else []
        outages = affecting.open_in(areas)
        invite_url = _invite_url(login.reseller) if login else ""
    context = {
        "unsigned": unsigned,
        "ending": ending,
        "outages": outages,
        "invite_url": invite_url,
        "figures": own_figures.figures(ids, on=on),
        "sums": portal.sums_of(request),
        **portal.money_of(request),
        "customers": page,
        "next_customers": following,
        "text": "",
    }
    return render(request, "reseller/dashboard.html", context)


def _invite_url(reseller: Reseller) -> str:
    """Return the reseller's own link to sign up by; "" while it takes no customers."""
    if not invitations.takes_customers(reseller):
        return ""
    page = reverse("public_signup:by-reseller", args=[invitations.code_of(reseller)])
    return f"{settings.PUBLIC_URL}{page}"
