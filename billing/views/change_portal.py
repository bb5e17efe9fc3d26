"""Another package asked for by the customer, or by the reseller for an own customer.

Both doors show the same pages in their own frame. Plain forms and links: they work on any phone,
without JavaScript. Everything here runs as the portal's database role.
"""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.models import PackageChange
from billing.queries import changes, quotes
from billing.services import package_changes
from billing.services.package_changes import QuoteChanged, Wish
from billing.views import answers, quote_words
from customers.models import Subscription
from ispbill.accounts.access import customer_only, reseller_only
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from ispbill.core.errors import DomainError
from ispbill.core.models import Company

NOW = PackageChange.Effective.NOW


@dataclass(frozen=True)
class Door:
    """Who comes in: the frame of the pages, the names of the addresses, what is written down."""

    origin: str
    space: str
    shell: str

    def url(self, name: str, *args: object) -> str:
        return reverse(f"{self.space}:{name}", args=args)


CUSTOMER = Door(PackageChange.Origin.PORTAL, "portal_billing", "customer/shell.html")
RESELLER = Door(PackageChange.Origin.RESELLER, "reseller_billing", "reseller/shell.html")


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
@require_GET
def reseller_services(request: Request, number: str) -> HttpResponse:
    """The services of an own customer; the only one at once."""
    mine = [
        service
        for service in changes.services_of(request.customer_ids)
        if service.customer.number == number
    ]
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
    return render(request, "reseller/package_services.html", context)


@customer_only
@require_GET
def portal_offers(request: Request, number: str, line_no: int) -> HttpResponse:
    """The packages an own service may change to."""
    return _offers(request, CUSTOMER, number, line_no)


@reseller_only
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
@require_http_methods(["GET", "POST"])
def reseller_quote(request: Request, number: str, line_no: int, package: int) -> HttpResponse:
    """What one package would cost an own customer; POST asks for it."""
    return _quote(request, RESELLER, number, line_no, package)


@customer_only
@require_GET
def portal_request(request: Request, pk: int) -> HttpResponse:
    """One own request and where it stands."""
    return _request(request, CUSTOMER, pk)


@reseller_only
@require_GET
def reseller_request(request: Request, pk: int) -> HttpResponse:
    """One request for an own customer and where it stands."""
    return _request(request, RESELLER, pk)


@customer_only
@require_POST
def portal_answer(request: Request, pk: int) -> HttpResponse:
    """Withdraw an own request, or say yes to its new amounts."""
    return _answer(request, CUSTOMER, pk)


@reseller_only
@require_POST
def reseller_answer(request: Request, pk: int) -> HttpResponse:
    """Withdraw a request for an own customer, or say yes to its new amounts."""
    return _answer(request, RESELLER, pk)


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
    page = "customer/package.html" if door is CUSTOMER else "reseller/package_changes.html"
    return render(request, page, context)


def _offers(request: Request, door: Door, number: str, line_no: int) -> HttpResponse:
    service, at = _service(request, number, line_no), clock.now()
    on = clock.local_date(at)
    context = _frame(door, service) | {
        "offers": [
            {
                "offer": offer,
                "url": door.url("package-quote", number, line_no, offer.package.pk),
            }
            for offer in changes.offers(service, on=on, is_public_only=True)
        ],
        **_obstacles(service, door, on),
    }
    return render(request, "customer/package_offers.html", context)


def _quote(request: Request, door: Door, number: str, line_no: int, package: int) -> HttpResponse:
    service, at = _service(request, number, line_no), clock.now()
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
        try:
            wish = Wish(
                package=offer.package, effective=effective, origin=door.origin,
                note=request.POST.get("note", "")[:500],
            )  # fmt: skip
            shown = request.POST.get("fingerprint", "") or "not shown yet"
            with rls.as_house():
                change = package_changes.request(
                    subscription=service, wish=wish, fingerprint=shown, requested_by=request.user,
                    on=on, at=at,
                )  # fmt: skip
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
    context = _frame(door, service) | {
        "offer": offer,
        "effective": effective,
        "moments": [
            {"value": value, "label": label, "is_chosen": value == effective}
            for value, label in PackageChange.Effective.choices
        ],
        "quote": quote_words.of(made.quote) if made else None,
        "hours": Company.current().quote_valid_hours,
        "fingerprint": made.fingerprint if made else "",
        "refusal": refusal,
        **obstacles,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "customer/package_quote.html", context, status=status)


def _request(request: Request, door: Door, pk: int, refusal: str = "") -> HttpResponse:
    change = _own(request, pk)
    context = _frame(door, change.subscription) | {
        "change": change,
        "quote": quote_words.of(change.quote),
        "answer_url": door.url("package-answer", pk),
        "may_withdraw": change.is_open,
        "refusal": refusal,
        "steps": _steps(change),
    }
    return render(request, "customer/package_request.html", context, status=422 if refusal else 200)


def _answer(request: Request, door: Door, pk: int) -> HttpResponse:
    change, at = _own(request, pk), clock.now()
    try:
        with rls.as_house():
            if request.POST.get("action") == "confirm":
                package_changes.confirm_again(
                    change=change, fingerprint=request.POST.get("fingerprint", ""),
                    actor=request.user, on=clock.local_date(at), at=at,
                )  # fmt: skip
            else:
                package_changes.withdraw(
                    change=change, reason="withdrawn by the asker", actor=request.user, at=at
                )
    except QuoteChanged as error:
        return _ask_once_more(request, door, pk, error)
    except DomainError as error:
        return _request(request, door, pk, refusal=str(error))
    return HttpResponseRedirect(door.url("package-request", pk))


def _ask_once_more(request: Request, door: Door, pk: int, error: QuoteChanged) -> HttpResponse:
    """Show amounts that have moved yet again, to be confirmed as they are now."""
    change = _own(request, pk)
    change.quote, change.fingerprint = error.made.quote, error.made.fingerprint
    context = _frame(door, change.subscription) | {
        "change": change,
        "quote": quote_words.of(change.quote),
        "answer_url": door.url("package-answer", pk),
        "may_withdraw": change.is_open,
        "refusal": str(error),
        "steps": _steps(change),
    }
    return render(request, "customer/package_request.html", context, status=422)


def _frame(door: Door, service: Subscription) -> dict[str, Any]:
    return {
        "frame": door.shell,
        "is_reseller": door is RESELLER,
        "service": service,
        "index_url": door.url("package"),
        "offers_url": door.url("package-offers", service.customer.number, service.line_no),
    }


def _obstacles(service: Subscription, door: Door, on: Any) -> dict[str, Any]:
    """Say what stands in the way: an open request, bills to be paid first."""
    waiting = package_changes.open_change(service)
    return {
        "waiting": waiting,
        "waiting_url": door.url("package-request", waiting.pk) if waiting else "",
        "overdue": changes.overdue(service.customer_id, on=on),
        "pay_url": answers.address("portal:pay") if door is CUSTOMER else "",
    }


def _effective(request: Request, offer: changes.Offer) -> str:
    """Return when it is wanted: dearer ones at once, cheaper ones with the next bill."""
    data = request.POST if request.method == "POST" else request.GET
    asked = data.get("effective", "")
    if asked in PackageChange.Effective.values:
        return asked
    return str(NOW if offer.is_dearer else PackageChange.Effective.PERIOD_END)


def _steps(change: PackageChange) -> list[dict[str, Any]]:
    """Return the way of a request as its asker follows it."""
    status = PackageChange.Status
    decided = change.status in (status.APPROVED, status.APPLIED)
    last = _("Applied")
    if change.status == status.REJECTED:
        last = _("Rejected")
    if change.status == status.CANCELLED:
        last = _("Withdrawn")
    is_over = change.status in (status.APPLIED, status.REJECTED, status.CANCELLED)
    return [
        {"label": _("Asked for"), "is_done": True, "at": change.requested_at},
        {"label": _("Approved"), "is_done": decided, "at": change.decided_at if decided else None},
        {
            "label": last,
            "is_done": is_over,
            "at": change.applied_at or (change.decided_at if is_over else None),
        },
    ]


def _service(request: Request, number: str, line_no: int) -> Subscription:
    for service in changes.services_of(request.customer_ids):
        if service.customer.number == number and service.line_no == line_no:
            return service
    raise Http404


def _own(request: Request, pk: int) -> PackageChange:
    mine = changes.visible_to(request.user, customer_ids=request.customer_ids)
    return get_object_or_404(
        mine.select_related(
            "customer", "subscription__customer", "subscription__package", "package_from",
            "package_to", "invoice",
        ),
        pk=pk,
    )  # fmt: skip


def _with_urls(rows: list[PackageChange], door: Door) -> list[dict[str, Any]]:
    return [{"change": row, "url": door.url("package-request", row.pk)} for row in rows]
