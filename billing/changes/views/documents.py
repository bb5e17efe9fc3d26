"""Why a bill changed, as PDF."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from billing.changes.queries import changes
from billing.pricing.models import PackageChange
from billing.receivables.views.documents import Asked, answer
from ispbill.accounts.access import customer_only, staff_only
from ispbill.accounts.http import Request


@staff_only("billing.view")
@require_http_methods(["GET", "POST"])
def staff_change(request: Request, pk: int) -> HttpResponse:
    """Why a customer's bill changed, as PDF."""
    applied = changes.visible_to(request.user).filter(status=PackageChange.Status.APPLIED)
    return _change(request, get_object_or_404(applied, pk=pk), "staff/shell.html")


@customer_only
@require_http_methods(["GET", "POST"])
def portal_change(request: Request, pk: int) -> HttpResponse:
    """Why the own bill changed, as PDF."""
    mine = changes.visible_to(request.user, customer_ids=request.customer_ids)
    applied = mine.filter(status=PackageChange.Status.APPLIED)
    return _change(request, get_object_or_404(applied, pk=pk), "customer/shell.html")


def _change(request: Request, change: PackageChange, shell: str) -> HttpResponse:
    customer = change.customer
    title = f"{customer.number} {change.effective_on}"
    return answer(request, Asked("CHANGE", change.pk, customer.language, customer, title, shell))
