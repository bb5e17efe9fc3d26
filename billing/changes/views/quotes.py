"""What the first bill of a service not yet added would be, while its form is being filled in."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from billing.changes.forms.quotes import FirstBill
from billing.changes.views.service_effects import first_bill
from billing.ledger.views import answers
from customers.models import Customer, Cycle
from customers.services import subscriptions
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.errors import DomainError


@require_GET
@staff_only("services.edit")
def new_customer(request: Request) -> HttpResponse:
    """Show the first bill of a new customer's service, if it were in use from today on."""
    form = FirstBill(request.GET)
    form.is_valid()
    read = form.cleaned_data
    branch = read.get("branch") or (read["area"].branch if read.get("area") else None)
    customer = Customer(
        pk=0, branch=branch, language="en", is_tax_exempt=bool(read.get("is_tax_exempt"))
    )
    return _quoted(request, form, customer)


@require_GET
@staff_only("services.edit")
def service(request: Request, number: str) -> HttpResponse:
    """Show the first bill of a further service of a customer, if it were in use from today on."""
    return _quoted(request, FirstBill(request.GET), answers.customer(request, number))


def _quoted(request: Request, form: FirstBill, customer: Customer) -> HttpResponse:
    context: dict[str, Any] = {}
    if form.is_valid() and form.day is not None:
        on = clock.today()
        try:
            draft = subscriptions.draft(
                customer=customer,
                package=form.cleaned_data["package"],
                cycle=form.cleaned_data["cycle"] or Cycle.MONTHLY,
                billing_day=form.day,
                on=on,
            )
        except DomainError as refusal:
            context["refusal"] = str(refusal)
        else:
            context |= first_bill(draft, on)
    return responses.varied(render(request, "billing/changes/staff/_first_bill.html", context))
