"""/reseller-portal/: a reseller's own customers, to read."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ispbill.accounts.access import reseller_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.portals.queries import reseller_home
from ispbill.portals.views import reseller_money


@reseller_only
@require_GET
def dashboard(request: Request) -> HttpResponse:
    """R-01: counts, what is due, what came in, and the first customers."""
    ids = request.customer_ids
    page, following = reseller_home.customers(ids)
    context = {
        "figures": reseller_home.figures(ids, on=clock.today()),
        "sums": reseller_money.sums_of(request),
        "customers": page,
        "next_customers": following,
        "text": "",
    }
    return render(request, "reseller/dashboard.html", context)


@reseller_only
@require_GET
def customers(request: Request) -> HttpResponse:
    """The own customers, found by name, number or phone."""
    text = request.GET.get("q", "").strip()[:60]
    after = request.GET.get("after", "")
    page, following = reseller_home.customers(
        request.customer_ids,
        text=text,
        after=int(after) if after.isdecimal() and len(after) < 19 else None,
    )
    context = {"customers": page, "next_customers": following, "text": text}
    if request.htmx:
        template = "reseller/_rows.html" if after else "reseller/_customers.html"
    else:
        template = "reseller/customers.html"
    response = render(request, template, context)
    response["Vary"] = "HX-Request"
    return response
