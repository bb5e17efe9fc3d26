"""Another package chosen and asked for by the customer, or by the reseller for an own customer.

Both doors show the same pages in their own frame. Plain forms and links: they work on any phone,
without JavaScript. Everything here runs as the portal's database role.
"""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods

from billing.changes.queries import changes, quotes
from billing.changes.services import package_changes
from billing.changes.services.package_changes import QuoteChanged, RequestedChange
from billing.changes.views import quote_words
from billing.changes.views.doors import CUSTOMER, RESELLER, Door
from billing.pricing.models import PackageChange
from customers.models import Subscription
from customers.views import links
from ispbill.accounts.access import customer_only, not_by_collectors, reseller_only
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from ispbill.core.errors import DomainError
from ispbill.core.models import Company

NOW = PackageChange.Effective.NOW


@customer_only
@require_GET
def portal_index(request: Request) -> HttpResponse:
    """C-05: the own services with their packages, and the requests so far."""
    return _index(request, CUSTOMER)


@reseller_only
@require_GET
def reseller_index(request: Request) -> HttpResponse:
    """R-03: the requests made for the own customers."""
    return _index(request, RESELLER)


@reseller_only
@not_by_collectors
@require_GET
def reseller_services(request: Request, number: str) -> HttpResponse:
    """The services of an own customer; the only one at once."""
    mine = list(changes.services_of(request.customer_ids).filter(customer__number=number))
    if not mine:
        raise Http404
    urls = [RESELLER.url("package-offers", number, service.line_no) for service in mine]
    if len(urls) == 1:
        return HttpResponseRedirect(urls[0])
    context = {
        "customer": mine[0].customer,
        "services": [
            {"service": service, "url": url} for service, url in zip(mine, urls, strict=True)
        ],
    }
    return render(request, "billing/changes/portal/reseller_services.html", context)


@customer_only
@require_GET
def portal_offers(request: Request, number: str, line_no: int) -> HttpResponse:
    """The packages an own service may change to."""
    return _offers(request, CUSTOMER, number, line_no)


@reseller_only
@not_by_collectors
@require_GET
def reseller_offers(request: Request, number: str, line_no: int) -> HttpResponse:
    """The packages an own customer's service may change to."""
    return _offers(request, RESELLER, number, line_no)


@customer_only
@require_http_methods(["GET", "POST"])
def portal_quote(request: Request, number: str, line_no: int, package: int) -> HttpResponse:
    """What one package would cost, day by day; POST asks for it."""
    return _quote(request, CUSTOMER, number, line_no, package)


@reseller_only
@not_by_collectors
@require_http_methods(["GET", "POST"])
def reseller_quote(request: Request, number: str, line_no: int, package: int) -> HttpResponse:
    """What one package would cost an own customer; POST asks for it."""
    return _quote(request, RESELLER, number, line_no, package)


def _index(request: Request, door: Door) -> HttpResponse:
    mine = changes.visible_to(request.user, customer_ids=request.customer_ids)
    rows = list(
        mine.select_related("customer", "subscription", "package_from", "package_to")
        .exclude(status=PackageChange.Status.QUOTED)
        .order_by("-pk")[:50]
    )
    context: dict[str, Any] = {"requests": _with_urls(rows, door)}
    if door is CUSTOMER:
        open_by_service = {row.subscription_id: row for row in rows if row.is_open}
        context["services"] = [
            {
                "service": service,
                "waiting": open_by_service.get(service.pk),
                "url": door.url("package-offers", service.customer.number, service.line_no),
            }
            for service in changes.services_of(request.customer_ids)
        ]
    page = (
        "billing/changes/portal/package.html"
        if door is CUSTOMER
        else "billing/changes/portal/reseller_changes.html"
    )
    return render(request, page, context)


def _offers(request: Request, door: Door, number: str, line_no: int) -> HttpResponse:
    reach = changes.services_of(request.customer_ids)
    service = get_object_or_404(reach, customer__number=number, line_no=line_no)
    on = clock.today()
    context = door.frame(service) | {
        "offers": [
            {"offer": offer, "url": door.url("package-quote", number, line_no, offer.package.pk)}
            for offer in changes.offers(service, on=on, is_public_only=True)
        ],
        **_obstacles(service, door, on),
    }
    return render(request, "billing/changes/portal/package_offers.html", context)


def _quote(request: Request, door: Door, number: str, line_no: int, package: int) -> HttpResponse:
    reach = changes.services_of(request.customer_ids)
    service = get_object_or_404(reach, customer__number=number, line_no=line_no)
    at = clock.now()
    on = clock.local_date(at)
    offers = changes.offers(service, on=on, is_public_only=True)
    offer = next((one for one in offers if one.package.pk == package), None)
    if offer is None:
        raise Http404
    effective = _effective(request, offer)
    obstacles = _obstacles(service, door, on)
    refusal = ""
    made = None
    is_free = not obstacles["waiting"] and not obstacles["overdue"]
    if request.method == "POST" and is_free:
        requested = RequestedChange(
            package=offer.package,
            effective=effective,
            origin=door.origin,
            note=request.POST.get("note", "")[:500],
        )
        try:
            change = _ask_for(request, service, requested, at=at)
        except QuoteChanged as error:
            made, refusal = error.made, str(error)
        except DomainError as error:
            refusal = str(error)
        else:
            return HttpResponseRedirect(door.url("package-request", change.pk))
    try:
        made = made or quotes.make(
            subscription=service, package=offer.package, effective=effective, on=on
        )
    except DomainError as error:
        refusal = refusal or str(error)
    context = door.frame(service) | {
        "offer": offer,
        "effective": effective,
        "moments": _moments(effective),
        "quote": quote_words.of(made.quote) if made else None,
        "hours": Company.current().quote_valid_hours,
        "fingerprint": made.fingerprint if made else "",
        "refusal": refusal,
        **obstacles,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "billing/changes/portal/package_quote.html", context, status=status)


def _ask_for(
    request: Request, service: Subscription, requested: RequestedChange, *, at: datetime
) -> PackageChange:
    shown = request.POST.get("fingerprint", "") or "not shown yet"
    with rls.as_house():
        return package_changes.request(
            subscription=service,
            requested=requested,
            fingerprint=shown,
            requested_by=request.user,
            on=clock.local_date(at),
            at=at,
        )


def _moments(effective: str) -> list[dict[str, object]]:
    return [
        {"value": value, "label": label, "is_chosen": value == effective}
        for value, label in PackageChange.Effective.choices
    ]


def _obstacles(service: Subscription, door: Door, on: Any) -> dict[str, Any]:
    """Say what stands in the way: an open request, bills to be paid first."""
    waiting = changes.open_change(service)
    return {
        "waiting": waiting,
        "waiting_url": door.url("package-request", waiting.pk) if waiting else "",
        "overdue": changes.overdue(service.customer_id, on=on),
        "pay_url": links.address("portal:pay") if door is CUSTOMER else "",
    }


def _effective(request: Request, offer: changes.Offer) -> str:
    """Return when it is wanted: dearer ones at once, cheaper ones with the next bill."""
    data = request.POST if request.method == "POST" else request.GET
    asked = data.get("effective", "")
    if asked in PackageChange.Effective.values:
        return asked
    return str(NOW if offer.is_dearer else PackageChange.Effective.PERIOD_END)


def _with_urls(rows: list[PackageChange], door: Door) -> list[dict[str, Any]]:
    return [{"change": row, "url": door.url("package-request", row.pk)} for row in rows]
