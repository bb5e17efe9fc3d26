"""/reseller-portal/customers/…: one own customer, and what its reseller chooses for a service."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.forms.customer import shown_phone
from customers.models import Customer, Subscription
from customers.services import profile, referrals
from ispbill.accounts import editing, responses
from ispbill.accounts.access import reseller_only
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from ispbill.core.acts import Act
from resellers.forms.portal import OwnDetails
from resellers.queries import own_customer
from resellers.rules import states
from resellers.services import renewing
from resellers.views.portal_money import login_of


@reseller_only
@require_GET
def show(request: Request, number: str) -> HttpResponse:
    """R-02: services, balance, open bills and payments of an own customer."""
    customer, login = _own(request, number), login_of(request)
    context = {
        "customer": customer,
        "login": login,
        "services": own_customer.services(customer, on=clock.today()),
        "bills": own_customer.open_bills(customer),
        "payments": own_customer.payments(customer),
        "happened": own_customer.happened(customer),
        "may_edit": login.may(states.CUSTOMERS),
        "may_write": login.may(states.CUSTOMERS) and login.reseller.may_message,
    }
    return render(request, "resellers/portal/customer.html", context)


@reseller_only
@require_http_methods(["GET", "POST"])
@editing.one_at_a_time
def edit(request: Request, number: str) -> HttpResponse:
    """Keep address, language and the other phone of an own customer current."""
    if not login_of(request).may(states.CUSTOMERS):
        raise PermissionDenied
    customer = _own(request, number)
    with rls.as_house():
        if request.method == "POST":
            customer = referrals.held_customer(customer)
        form = editing.form(request, OwnDetails, about=customer, initial=_shown(customer))
        if form.is_valid():
            with responses.refusals_in(form):
                profile.edit(
                    customer=customer,
                    details=profile.details_of(customer, **form.cleaned_data),
                    act=Act.now(request.user),
                )
                address = reverse("reseller:customer", args=[number])
                return responses.go(request, address, _("Saved."))
        context = {"customer": customer, "form": form}
        return responses.form_page(request, "resellers/portal/edit_customer.html", context)


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
    with responses.refusals_told(request):
        with rls.as_house():
            renewing.choose(
                subscription=service,
                reseller=login.reseller,
                is_on=is_on,
                act=Act.now(request.user),
            )
        said = (
            _("Your wallet renews it from now on.")
            if is_on
            else _("Your wallet renews it no more.")
        )
        messages.success(request, said)
    return redirect("reseller:customer", number=number)


def _shown(customer: Customer) -> dict[str, str]:
    names = ("local_name", "address", "language")
    shown = {name: getattr(customer, name) for name in names}
    return {**shown, "alternate_phone": shown_phone(customer.alternate_phone)}


def _own(request: Request, number: str) -> Customer:
    rows = Customer.objects.select_related("area", "account_state")
    return get_object_or_404(rows, pk__in=request.customer_ids, number=number)
