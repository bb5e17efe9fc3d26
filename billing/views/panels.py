"""Billing's part of other pages: the tab on a customer's page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from billing.models import PackageChange, PlannedMove
from billing.queries import breaks, customer_bills, register
from billing.views import answers, words
from billing.views.policies import place_context
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
        "breaks": breaks.waiting()
        .filter(customer=account)
        .select_related("subscription")
        .order_by("span", "pk"),
        "may_switch": may(request.user, "services.switch"),
        "promise_is_running": bool(
            account.standing.promised_until and account.standing.promised_until >= on
        ),
        "may_void": may(request.user, "billing.correct"),
        "may_charge": may(request.user, "billing.charge"),
        "may_promise": may(request.user, "payments.take"),
        "pay_url": answers.address("staff_payments:pay")
        if may(request.user, "payments.take")
        else "",
        "statement_url": answers.address("staff_payments:statement", number)
        or answers.address("staff_billing:statement-pdf", number),
        "customer_url": answers.address("staff_customers:customer", number),
        "as_of_url": answers.address("staff_books:account-as-of", number),
    }
    context |= place_context(account, on=on)
    part = "_customer_panel.html" if request.htmx else "customer_panel.html"
    return answers.varied(render(request, f"billing/staff/{part}", context))
