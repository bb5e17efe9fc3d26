"""/reseller-portal/customers/…: one own customer, and what its reseller chooses for a service."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.models import Customer, Subscription
from ispbill.accounts.access import reseller_only
from ispbill.accounts.http import Request
from ispbill.core import rls
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from resellers.queries import own_customer
from resellers.services import renewing
from resellers.views.portal_money import login_of


@reseller_only
@require_GET
def show(request: Request, number: str) -> HttpResponse:
    """R-02: services, balance, open bills and payments of an own customer."""
    customer = _own(request, number)
    context = {
        "customer": customer,
        "login": login_of(request),
        "services": own_customer.services(customer),
        "bills": own_customer.open_bills(customer),
        "payments": own_customer.payments(customer),
    }
    return render(request, "resellers/portal/customer.html", context)


@reseller_only
@require_POST
def renewal(request: Request, number: str, line_no: int) -> HttpResponse:
    """Let the wallet renew a service, or not any more (`is_on`)."""
    login = login_of(request)
    if not login.may_collect:
        raise PermissionDenied
    rows = Subscription.objects.select_related("customer")
    service = get_object_or_404(rows, customer=_own(request, number), line_no=line_no)
    is_on = request.POST.get("is_on") == "1"
    try:
        with rls.as_house():
            renewing.choose(
                subscription=service,
                reseller=login.reseller,
                is_on=is_on,
                act=Act.now(request.user),
            )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        said = (
            _("Your wallet renews it from now on.")
            if is_on
            else _("Your wallet renews it no more.")
        )
        messages.success(request, said)
    return redirect("reseller:customer", number=number)


def _own(request: Request, number: str) -> Customer:
    rows = Customer.objects.select_related("area", "account_state")
    return get_object_or_404(rows, pk__in=request.customer_ids, number=number)
