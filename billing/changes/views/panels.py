"""Billing's part of other pages: the tab on a customer's page."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from billing.changes.models import PlannedMove
from billing.changes.queries import pauses
from billing.dunning.views.ladder import place_context
from billing.ledger.views import answers
from billing.pricing.models import PackageChange
from billing.pricing.views import words
from billing.receivables.queries import customer_bills, register
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock

_SHOWN = 20


@require_GET
@staff_only("billing.view")
def customer(request: Request, number: str) -> HttpResponse:
    """Show a customer's balance, invoices and next bill; a page of its own without htmx."""
    account, on = answers.customer(request, number), clock.today()
    rows = register.of_customer(account.pk, on=on, limit=_SHOWN + 1)
    coming = customer_bills.coming(account.pk, on=on)
    context = {
        "customer": account,
        "rows": rows[:_SHOWN],
        "has_more": len(rows) > _SHOWN,
        "coming": [
            {
                "one": one,
                "days": words.period(one.outlook.start, one.outlook.end) if one.outlook else "",
            }
            for one in coming
        ],
        "planned": PlannedMove.objects.filter(
            customer=account, status__in=[PlannedMove.Status.PLANNED, PlannedMove.Status.RUNNING]
        )
        .select_related("subscription")
        .order_by("span", "pk"),
        "changes": PackageChange.objects.filter(customer=account, status__in=PackageChange.OPEN)
        .select_related("subscription", "package_to")
        .order_by("pk"),
        "pauses": pauses.waiting()
        .filter(customer=account)
        .select_related("subscription")
        .order_by("span", "pk"),
        "may_switch": may(request.user, "services.switch"),
        "promise_is_running": bool(
            account.account_state.promised_until and account.account_state.promised_until >= on
        ),
        "may_void": may(request.user, "billing.correct"),
        "may_charge": may(request.user, "billing.charge"),
        "may_promise": may(request.user, "payments.take"),
        "pay_url": links.pay(request.user),
        "statement_url": links.address("staff_payments:statement", number)
        if may(request.user, "payments.view")
        else "",
        "customer_url": links.address("staff_customers:customer", number),
        "as_of_url": links.address("staff_books:account-as-of", number),
    }
    context |= place_context(account, on=on)
    return responses.region(
        request,
        context,
        part="billing/changes/staff/_customer_panel.html",
        page="billing/changes/staff/customer_panel.html",
    )
