"""/admin/field-jobs/board/ and week/: a day, or a week, of all technicians side by side."""

from datetime import timedelta

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from fieldservice.queries import board
from fieldservice.queries import week as weeks
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, typed_days


@require_GET
@staff_only("field.view")
def show(request: Request) -> HttpResponse:
    """One day: the pile, and each technician's jobs in their order with what does not fit."""
    on = typed_days.read(request.GET.get("day", "")) or clock.today()
    columns, pile = board.day(request.user, on)
    context = {
        "on": on,
        "day": on.isoformat(),
        "columns": columns,
        "pile": pile,
        "before": (on - timedelta(days=1)).isoformat(),
        "after": (on + timedelta(days=1)).isoformat(),
        "may_edit": may(request.user, "field.edit"),
    }
    return responses.region(
        request,
        context,
        part="fieldservice/staff/_board.html",
        page="fieldservice/staff/board.html",
        target="list",
    )


@require_GET
@staff_only("field.view")
def week(request: Request) -> HttpResponse:
    """A week: a line for each technician, a column for each day, a day opens its board."""
    first = weeks.monday(typed_days.read(request.GET.get("day", "")) or clock.today())
    context = {
        "first": first,
        "last": first + timedelta(days=weeks.DAYS - 1),
        "days": [first + timedelta(days=number) for number in range(weeks.DAYS)],
        "today": clock.today(),
        "lines": weeks.of(request.user, first),
        "may_edit": may(request.user, "field.edit"),
        "before": (first - timedelta(days=weeks.DAYS)).isoformat(),
        "after": (first + timedelta(days=weeks.DAYS)).isoformat(),
    }
    return responses.region(
        request,
        context,
        part="fieldservice/staff/_week.html",
        page="fieldservice/staff/week.html",
        target="list",
    )
