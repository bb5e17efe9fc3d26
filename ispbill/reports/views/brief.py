"""The week of a person on paper: the lines of the letter, and every figure of those days."""

from datetime import date, timedelta

from django.http import Http404, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_http_methods

from billing.invoices.services.documents import Paper, Wanted
from billing.receivables.views import documents
from billing.receivables.views.documents import Asked
from ispbill.accounts.access import branch_scope, staff_only
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.core import clock, formats
from ispbill.core.models import Company
from ispbill.reports.queries import library
from ispbill.reports.services import brief
from ispbill.reports.views.report import written

KIND = "WEEKLY_BRIEF"
_WEEKS = 104  # of the past that are made
_COLUMNS = 4  # a page has room for: the company and three branches


@require_http_methods(["GET", "POST"])
@staff_only("reports.view")
def show(request: Request) -> HttpResponse:
    """The week before a Monday (`?week=2026-04-06`) as PDF; the last one without a word."""
    monday = _monday(request)
    branch = branch_scope(request.user)
    asked = Asked(
        KIND,
        int(f"{monday:%Y%m%d}"),
        request.user.language,
        None,
        f"{monday - timedelta(days=7):%Y-%m-%d}",
        "staff/shell.html",
        f"{request.user.pk}:{branch or ''}",  # another branch's manager never meets this file
    )
    return documents.answer(request, asked)


def paper(wanted: Wanted) -> Paper:
    """Lay out a week, with the rights its reader holds now.

    The source is the Monday after it as a number (20260406), the variant who reads it.
    """
    monday = date.fromisoformat(str(wanted.source_id))
    person = User.objects.get(pk=int(wanted.variant.partition(":")[0]))
    since, last = monday - timedelta(days=7), monday - timedelta(days=1)
    with translation.override(wanted.language):
        found = library.sheet(since=since, until=last, branch_id=branch_scope(person))
        context: dict[str, object] = {
            "language": wanted.language,
            "company": Company.current(),
            "week": f"{_day(since, wanted)} – {_day(last, wanted)}",
            "lines": brief.lines(person, monday=monday),
            "columns": found.columns[:_COLUMNS],
            "figures": [
                (
                    line.figure.name,
                    [written(one, line.figure.unit) for one in line.values[:_COLUMNS]],
                )
                for line in found.lines
            ],
        }
    return Paper("reports/pdf/brief.html", context)


def _monday(request: Request) -> date:
    """Return the Monday after the week asked for; 404 for one to come or too long ago."""
    today = clock.today()
    last = today - timedelta(days=today.weekday())
    try:
        monday = date.fromisoformat(request.GET.get("week") or last.isoformat())
    except ValueError:
        raise Http404 from None
    if monday.weekday() or not last - timedelta(weeks=_WEEKS) <= monday <= last:
        raise Http404
    return monday


def _day(on: date, wanted: Wanted) -> str:
    return formats.day(on, wanted.language)
