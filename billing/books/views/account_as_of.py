"""A customer's account as it was on any past day."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from billing.books.forms.ledger import SpanForm
from billing.ledger.views import answers
from billing.receivables.queries import account_as_of
from customers.views import links
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock


@require_GET
@staff_only("billing.view")
def show(request: Request, number: str) -> HttpResponse:
    """Show customer, services, balance and open bills at the end of a day (`?on=2026-01-31`)."""
    customer = answers.customer(request, number)
    today = clock.today()
    form = SpanForm({"end": request.GET.get("on", "")})
    on = min(form.read().get("end") or today - timedelta(days=1), today)
    ended = clock.midnight(on + timedelta(days=1))
    context = {
        "customer": customer,
        "on": on,
        "today": today,
        "account": account_as_of.show(customer, on=on, until=ended),
        "customer_url": links.address("staff_customers:customer", number),
        "history_url": links.address("staff_audit:history", "customer", customer.pk)
        if may(request.user, "audit.view")
        else "",
        "now_balance": customer.account_state.balance_amount,
    }
    return render(request, "billing/receivables/staff/as_of.html", context)
