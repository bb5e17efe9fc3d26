"""Days of services that are not accounted for: the list, and each mended with a reason."""

from collections import Counter
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.books.views import ledger_words
from billing.changes.services import coverage as mending
from billing.invoices.models import InvoiceLine
from billing.invoices.rules.periods import Period
from billing.ledger.views import answers
from billing.pricing.views import words
from customers.models import Subscription
from customers.queries import directory
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock, replica
from ispbill.core.acts import Act
from ispbill.reports.queries import coverage
from ispbill.reports.queries.coverage import Uncovered

MOST = 200
BILL, CREDIT, ANEW, LEAVE = "bill", "credit", "anew", "leave"


@require_GET
@staff_only("ledger.view")
@replica.may_serve
def index(request: Request) -> HttpResponse:
    """Show every stretch of days that contradicts a law of the bills, with what mends it."""
    reach = directory.visible_to(request.user)
    branch = answers.chosen_branch(request)
    if branch is not None:
        reach = reach.filter(branch_id=branch)
    found = list(coverage.uncovered(limit=MOST))
    services = {
        one.pk: one
        for one in Subscription.objects.filter(
            pk__in={row.subscription_id for row in found}, customer__in=reach
        ).select_related("customer")
    }
    may_mend = may(request.user, "ledger.edit")
    context = {
        "rows": [
            _row(row, services[row.subscription_id], may_mend=may_mend)
            for row in found
            if row.subscription_id in services
        ],
        "is_more": any(count >= MOST for count in Counter(row.question for row in found).values()),
        "most": MOST,
        "tabs": ledger_words.tabs(request),
    }
    return render(request, "reports/staff/coverage.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("ledger.edit")
def mend(request: Request, number: str, line_no: int, action: str) -> HttpResponse:
    """Say what will happen to the days, ask for the reason, and do it."""
    service = get_object_or_404(
        Subscription.objects.select_related("customer", "package"),
        customer__in=directory.visible_to(request.user).filter(number=number),
        line_no=line_no,
    )
    row = _found(service, request.GET.get("days", ""), action)
    back = reverse("staff_books:coverage")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            _mend(row, service, action, reason=form.cleaned_data["reason"], request=request)
            return answers.done(request, _("These days are put right."), back=back)
    labels = _labels()
    context = {
        "form": form,
        "form_action": request.get_full_path(),
        "heading": f"{labels[action]}: {words.period(row.start, row.end)}",
        "confirm_label": labels[action],
        "back_url": back,
        "is_possible": True,
        "effects": [
            f"{service.customer.name} {number}, {service.connection_id}: {row.says}.",
            _effects()[action],
        ],
    }
    return responses.form_page(request, "billing/pricing/staff/reason.html", context)


def _mend(
    row: Uncovered, service: Subscription, action: str, *, reason: str, request: Request
) -> None:
    at = clock.now()
    days = Period(row.start, row.end)
    actor = request.user
    if action == BILL:
        mending.bill_days(
            subscription=service, item=row.item, days=days, act=Act(actor, at, reason=reason)
        )
    elif action == LEAVE:
        mending.leave_days(subscription=service, days=days, act=Act(actor, at, reason=reason))
    else:
        lines = InvoiceLine.objects.select_related("subscription")
        line = lines.get(pk=row.line_id or 0)
        is_anew = action == ANEW
        mending.credit_days(
            line=line, days=days, is_billed_anew=is_anew, act=Act(actor, at, reason=reason)
        )


def _found(service: Subscription, key: str, action: str) -> Uncovered:
    """Return the finding of that key as it stands now; mended meanwhile, it is not found."""
    question = key.partition(".")[0]
    if question not in coverage.QUESTIONS:
        raise Http404
    for row in coverage.uncovered(limit=MOST, subscription_ids=[service.pk], question=question):
        if _key(row) == key and action in _actions(row):
            return row
    raise Http404


def _row(row: Uncovered, service: Subscription, *, may_mend: bool) -> dict[str, Any]:
    customer = service.customer
    labels = _labels()
    return {
        "row": row,
        "service": service,
        "days": words.period(row.start, row.end),
        "customer_url": links.address("staff_customers:customer", customer.number),
        "acts": [
            {
                "label": labels[action],
                "url": reverse(
                    "staff_books:mend-days", args=[customer.number, service.line_no, action]
                )
                + f"?days={_key(row)}",
            }
            for action in _actions(row)
        ]
        if may_mend
        else [],
    }


def _actions(row: Uncovered) -> tuple[str, ...]:
    if row.is_unbilled:
        return (BILL,) if row.item else (BILL, LEAVE)
    return (CREDIT,) if row.question == "no_day_is_billed_after_the_end" else (ANEW,)


def _key(row: Uncovered) -> str:
    return f"{row.question}.{row.item}.{row.start}.{row.end}"


def _labels() -> dict[str, str]:
    return {
        BILL: _("Bill these days"),
        CREDIT: _("Credit these days"),
        ANEW: _("Credit and bill anew"),
        LEAVE: _("Leave unbilled"),
    }


def _effects() -> dict[str, str]:
    return {
        BILL: _("An invoice for these days, at the price in force on them, due today."),
        CREDIT: _("A credit note for these days."),
        ANEW: _("A credit note for these days, and an invoice as it should have been."),
        LEAVE: _("These days are never billed; the reason stays with them."),
    }
