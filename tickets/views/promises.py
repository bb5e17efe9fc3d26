"""A-40: how promises about tickets were kept."""

from dataclasses import replace
from datetime import date, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.receivables.views import documents
from billing.receivables.views.documents import Asked
from ispbill.accounts.access import branch_scope, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, typed_days
from tickets.models import Ticket
from tickets.queries import promises
from tickets.queries.promises import Kept
from tickets.services import sla_report
from tickets.views import periods, words

_BROKEN = 50
_MONTHS = 24  # reports of the past that are offered


@require_GET
@staff_only("reports.view")
def index(request: Request) -> HttpResponse:
    """Show first answers, resolutions and breaches of a period, and the mean time to resolve."""
    at = clock.now()
    since, tabs = periods.chosen(request, at=at)
    ended = promises.ended(request.user, since=since, until=at)
    context = {
        "tabs": tabs,
        "kinds": [(one, mean(one)) for one in promises.kept(ended)],
        "tables": [
            (_("By category"), _rows(promises.by(ended, "ticket__category__name"))),
            (_("By priority"), _priorities(promises.by(ended, "ticket__priority"))),
            (_("By area"), _rows(promises.by(ended, "ticket__area__name"))),
            (_("By team"), _rows(promises.by(ended, "ticket__team__name"))),
        ],
        "broken": promises.broken(ended)[:_BROKEN],
        "months": _past_months(),
    }
    return render(request, "tickets/staff/sla.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("reports.view")
def report(request: Request) -> HttpResponse:
    """The report of a past month (`?month=2026-01`) as PDF, in the reader's language."""
    month = _month(request)
    if month >= clock.today().replace(day=1):
        raise Http404
    branch = branch_scope(request.user)
    asked = Asked(
        sla_report.REPORT,
        sla_report.source_of(month),
        request.user.language,
        None,
        f"SLA {month:%Y-%m}",
        "staff/shell.html",
        str(branch) if branch is not None else "",
    )
    return documents.answer(request, asked)


@require_GET
@staff_only("reports.view")
def panel(request: Request) -> HttpResponse:
    """Show how promises were kept in a month (`?month=2026-01`), beside that month's uptime."""
    at = clock.now()
    month = _month(request)
    after = (month + timedelta(days=32)).replace(day=1)
    since, until = clock.midnight(month), clock.midnight(after)
    ended = promises.ended(request.user, since=since, until=min(until, max(at, since)))
    context = {"kinds": [(one, mean(one)) for one in promises.kept(ended)]}
    return render(request, "tickets/staff/_sla_panel.html", context)


def _month(request: Request) -> date:
    """Return the first day of the month asked for; of this one without a word."""
    asked = typed_days.read(f"{request.GET.get('month', '')}-01")
    return asked or clock.today().replace(day=1)


def _past_months() -> list[date]:
    """Return the months there can be a report of, the latest first."""
    months = [clock.today().replace(day=1)]
    while len(months) <= _MONTHS:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months[1:]


def mean(kept: Kept) -> str:
    """Say how long one kind took in the mean; a dash where nothing was promised."""
    if kept.mean_seconds is None:
        return "–"
    return words.length(timedelta(seconds=kept.mean_seconds))


def _priorities(found: list[Kept]) -> list[tuple[Kept, str]]:
    labels = dict(Ticket.Priority.choices)
    return _rows([replace(one, label=str(labels.get(one.label, one.label))) for one in found])


def _rows(found: list[Kept]) -> list[tuple[Kept, str]]:
    return [(one, mean(one)) for one in found]
