"""A customer's statement for a span of days: on the page, on paper, as CSV."""

from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from billing.ledger.forms.amounts import Span
from customers.queries import directory
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.downloads import csv_file
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.sheets import Cell
from payments.desk.queries import statements


@require_GET
@staff_only("payments.view")
def statement(request: Request, number: str) -> HttpResponse:
    """Show a statement; without days, of the last three months. `?format=csv` downloads it."""
    customer = get_object_or_404(
        directory.visible_to(request.user).select_related("area", "account_state"), number=number
    )
    form = Span(request.GET or None)
    today = clock.today()
    given = form.cleaned_data if form.is_bound and form.is_valid() else {}
    until: date = given.get("to") or today
    since: date = given.get("from") or until - timedelta(days=90)
    found = statements.statement(customer, since=since, until=until)
    if request.GET.get("format") == "csv" and not form.errors:
        return csv_file(
            f"statement-{number}-{since}-{until}",
            [_("Date"), _("What"), _("Number"), _("Charged"), _("Paid"), _("Balance")],
            _lines(found),
        )
    days = {"from": since.isoformat(), "to": until.isoformat()}
    context = {
        "customer": customer,
        "form": form if form.errors else Span(days),
        "statement": found,
        "csv_url": f"?{urlencode({**days, 'format': 'csv'})}",
        "pdf_url": _pdf_url(number, days),
    }
    return responses.form_page(request, "payments/desk/staff/statement.html", context)


def _lines(found: statements.Statement) -> list[list[Cell]]:
    rows: list[list[Cell]] = [[found.since, _("Opening balance"), "", "", "", found.opening]]
    rows += [
        [m.on, m.kind, m.number, m.debit or "", m.credit or "", m.balance] for m in found.movements
    ]
    return [*rows, [found.until, _("Closing balance"), "", "", "", found.closing]]


def _pdf_url(number: str, days: dict[str, str]) -> str:
    """Return where the PDF is asked for, or "" while no such address exists."""
    try:
        address = reverse("staff_billing:statement-pdf", args=[number])
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode(days)}"
