"""/reseller-portal/: a reseller's own customers, to read."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contracts.queries import contracts
from ispbill.accounts.access import reseller_only
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from network.outages.queries import affecting
from resellers.queries import own, own_customers, own_figures
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
    context = {
        "unsigned": unsigned,
        "ending": ending,
        "outages": outages,
        "figures": own_figures.figures(ids, on=on),
        "sums": portal.sums_of(request),
        **portal.money_of(request),
        "customers": page,
        "next_customers": following,
        "text": "",
    }
    return render(request, "reseller/dashboard.html", context)
