"""A-40: how promises about tickets were kept."""

from dataclasses import replace
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from tickets.models import Ticket
from tickets.queries import promises
from tickets.queries.promises import Kept
from tickets.views import periods, words

_BROKEN = 50


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
    }
    return render(request, "tickets/staff/sla.html", context)


@require_GET
@staff_only("reports.view")
def panel(request: Request) -> HttpResponse:
    """Show how promises were kept in a month (`?month=2026-01`), beside that month's uptime."""
    at = clock.now()
    try:
        month = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        month = clock.local_date(at).replace(day=1)
    after = (month + timedelta(days=32)).replace(day=1)
    since, until = clock.midnight(month), clock.midnight(after)
    ended = promises.ended(request.user, since=since, until=min(until, max(at, since)))
    context = {"kinds": [(one, mean(one)) for one in promises.kept(ended)]}
    return render(request, "tickets/staff/_sla_panel.html", context)


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
