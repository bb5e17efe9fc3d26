"""/admin/reports/restated/: figures of complete months that say something else since."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ispbill.accounts import responses
from ispbill.accounts.access import branch_scope, may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats, paging, replica
from ispbill.reports.forms.library import PeriodFilter
from ispbill.reports.models import FigureRestatement
from ispbill.reports.queries import figures, restated
from ispbill.reports.queries.definitions import FIGURES
from ispbill.reports.views.report import month_name, written

SIZE = 50


@require_GET
@staff_only("reports.view")
@replica.may_serve
def index(request: Request) -> HttpResponse:
    """List what complete months say otherwise, the newest first."""
    form = PeriodFilter(request.GET, own_branch=branch_scope(request.user))
    state, first = figures.state(), figures.first_month()
    chosen = None
    found = FigureRestatement.objects.none()
    if state is not None and first is not None:
        chosen = form.chosen(built_until=state.built_until, first=first)
        found = restated.of_days(request.user, since=chosen.since, until=chosen.until)
    total = found.count()
    start = paging.start_of(request.GET, total=total)
    may_read = may(request.user, "ledger.view")
    context = {
        "form": form,
        "chosen": chosen,
        "kept": [],
        "rows": [_row(one, may_read) for one in found[start : start + SIZE]],
        "pager": paging.numbered(start, size=SIZE, total=total),
    }
    return responses.region(
        request,
        context,
        part="reports/staff/_restated.html",
        page="reports/staff/restated.html",
        target="list",
    )


def _row(one: FigureRestatement, may_read: bool) -> dict[str, object]:
    figure = FIGURES[one.figure]
    return {
        "noted_on": clock.local_date(one.noted_at),
        "month": month_name(one.month),
        "name": figure.name,
        "branch": one.branch.name if one.branch else "—",
        "before": written(one.before, figure.unit),
        "after": written(one.after, figure.unit),
        "cause": _cause(one),
        "entry": one.entry if may_read else None,
    }


def _cause(one: FigureRestatement) -> str:
    if one.entry is None:
        return one.get_cause_display()
    return _("Booked late, for %(day)s") % {"day": formats.day(one.entry.posted_on)}
