"""/admin/field-jobs/reports/: first-time fix and duration, by technician."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fieldservice.queries import figures, orders
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock

SPANS = (7, 30, 90)


@require_GET
@staff_only("field.view")
def index(request: Request) -> HttpResponse:
    """The figures of the last days, 30 unless asked otherwise."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(one) for one in SPANS} else 30
    today = clock.today()
    start, end = orders.bounds(today - timedelta(days=days - 1), days, clock.zone())
    rows = figures.by_technician(
        orders.visible_to(request.user), start=start, end=end, at=clock.now()
    )
    context = {"rows": rows, "days": days, "spans": SPANS}
    return render(request, "fieldservice/staff/reports.html", context)
