"""/portal/usage/: what a customer's own services used, and how far fair use is."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from customers.models import Customer, Subscription
from customers.views import own_account
from ispbill.accounts.access import customer_only
from ispbill.accounts.downloads import csv_file
from ispbill.accounts.http import Request
from ispbill.core import clock
from network.fup.views import fair_use
from network.usage.forms.usage import SpanForm
from network.usage.queries import series
from network.usage.queries.series import Usage
from network.usage.rules.periods import Span
from network.usage.views import drawing


@customer_only
@require_GET
def usage(request: Request) -> HttpResponse:
    """The data used: by the hour of a day, by the day of a week, month or billing period."""
    customer = own_account.of(request)
    services = _services(customer)
    service = _chosen(request, services)
    context: dict[str, Any] = {"customer": customer, "services": services, "service": service}
    if service is not None:
        shown = drawing.page(_usage(request, service), key="usage", billing_day=service.billing_day)
        context |= shown | {
            "base": f"?service={service.line_no}&",
            "fup": fair_use.told_of(service.pk),
        }
    return render(request, "network/fup/portal/usage.html", context)


@customer_only
@require_GET
def export(request: Request) -> HttpResponse:
    """Download what the table shows; a service that is over or nobody's gives an empty file."""
    service = _chosen(request, _services(own_account.of(request)))
    if service is None:
        return csv_file("usage", drawing.head(Span.MONTH), [])
    shown = _usage(request, service)
    return csv_file(f"usage-{shown.days.start}", drawing.head(shown.span), drawing.cells(shown))


def _services(customer: Customer) -> list[Subscription]:
    return list(
        Subscription.objects.filter(customer=customer)
        .exclude(status=Subscription.Status.CANCELLED)
        .select_related("package")
        .order_by("line_no")
    )


def _chosen(request: Request, services: list[Subscription]) -> Subscription | None:
    """Return the service of the address, or the first."""
    number = request.GET.get("service", "")
    return next((one for one in services if str(one.line_no) == number), next(iter(services), None))


def _usage(request: Request, service: Subscription) -> Usage:
    usual = Span.PERIOD if service.billing_day > 1 else Span.MONTH
    span, on = SpanForm(request.GET).chosen(clock.today(), usual=usual)
    return series.of_service(service, span=span, on=on, at=clock.now(), zone=clock.zone())
