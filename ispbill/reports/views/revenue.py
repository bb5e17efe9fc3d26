"""/admin/reports/revenue/: the tabs, their files, and the rows behind each figure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from ispbill.accounts.access import branch_scope, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, replica, typed_days
from ispbill.core.money import AmountRefused, parse_number
from ispbill.reports.forms.period import Chosen, RevenueFilter
from ispbill.reports.models import FigureState
from ispbill.reports.queries import figures, restated, rows
from ispbill.reports.views import (
    breakdown,
    cohorts,
    collection,
    files,
    forecast,
    growth,
    mrr,
    row_words,
)
from ispbill.reports.views.report import Links, Report

Made = Callable[[Request, Chosen, Links], Report]

_BEFORE_ALL = date(2000, 1, 1)


@dataclass(frozen=True)
class Tab:
    """A page of the report."""

    name: str  # its URL name
    label: str | Promise
    made: Made


def _by(request: Request, chosen: Chosen, links: Links) -> Report:
    return breakdown.report(chosen, links, _dimension(request))


TABS = {
    tab.name: tab
    for tab in (
        Tab(
            "revenue",
            gettext_lazy("Recurring revenue"),
            lambda _request, chosen, links: mrr.report(chosen, links),
        ),
        Tab(
            "revenue-growth",
            gettext_lazy("Customers and churn"),
            lambda _request, chosen, links: growth.report(chosen, links),
        ),
        Tab(
            "revenue-collection",
            gettext_lazy("Collection and ageing"),
            lambda _request, chosen, links: collection.report(chosen, links),
        ),
        Tab("revenue-breakdown", gettext_lazy("By area, package …"), _by),
        Tab(
            "revenue-forecast",
            gettext_lazy("Forecast"),
            lambda _request, chosen, links: forecast.report(chosen, links),
        ),
        Tab(
            "revenue-cohorts",
            gettext_lazy("Retention"),
            lambda _request, chosen, links: cohorts.report(chosen, links),
        ),
    )
}


@require_GET
@staff_only("reports.view")
@replica.may_serve
def page(request: Request, tab: str) -> HttpResponse:
    """A-38: one tab of the revenue report."""
    form, state, chosen = _asked(request)
    first = figures.first_month()
    context: dict[str, Any] = {
        "tab": TABS[tab],
        "form": form,
        "state": state,
        "chosen": chosen,
        "tabs": [],
    }
    if chosen is not None and first is not None:
        links = Links(chosen, form.data)
        made = TABS[tab].made(request, chosen, links)
        is_comparable = chosen.before[0] >= first
        context |= {
            "report": made if is_comparable else made.without_comparison(),
            "tabs": [
                {"label": one.label, "url": links.page(one.name), "current": one.name == tab}
                for one in TABS.values()
            ],
            "before": chosen.before if is_comparable else None,
            "kept": _kept(request),
            "restated": restated.of_days(
                request.user, since=chosen.since, until=chosen.until
            ).count(),
            "restated_query": urlencode(
                {"period": "own", "since": chosen.since, "until": chosen.until}
            ),
            "dimensions": _dimensions(request, links) if tab == "revenue-breakdown" else [],
            "file_url": f"{reverse('staff_reports:revenue-file', args=[tab])}"
            f"?{request.GET.urlencode()}",
        }
    return render(request, "reports/staff/revenue.html", context)


@require_GET
@staff_only("reports.view")
def file(request: Request, tab: str) -> HttpResponseBase:
    """The tables of a tab as CSV or XLSX (`?as=xlsx`), with the page's filters."""
    form, _state, chosen = _asked(request)
    if tab not in TABS or chosen is None:
        raise Http404
    made = TABS[tab].made(request, chosen, Links(chosen, form.data))
    return files.of_tables(tab, made.tables, as_xlsx=request.GET.get("as") == "xlsx")


@require_GET
@staff_only("reports.view")
@replica.may_serve
def behind(request: Request) -> HttpResponseBase:
    """The rows behind a figure, their number and their sum; as a file with `?as=`."""
    what = request.GET.get("what", "")
    form, _state, chosen = _asked(request, with_today=what in rows.LIVE)
    if what not in rows.EVERY or chosen is None:
        raise Http404
    month = typed_days.read(request.GET.get("month", ""))
    if what == "forecast" and month is None:
        raise Http404
    wanted = request.GET.get("as", "")
    found = rows.of(
        what,
        since=chosen.since,
        until=chosen.until,
        scope=chosen.scope,
        month=month,
        rate=_rate(request.GET.get("rate", "")),
        most=files.MOST_ROWS if wanted in ("csv", "xlsx") else rows.MOST,
    )
    if wanted in ("csv", "xlsx"):
        return files.of_rows(what, found, as_xlsx=wanted == "xlsx")
    context = {
        "what": row_words.title(what),
        "explained": row_words.explained(what, chosen, month),
        "found": found,
        "rows": [row_words.row(row) for row in found.rows],
        "has_before": any(row.before is not None for row in found.rows),
        "before_head": row_words.before_head(what),
        "back_url": Links(chosen, form.data).page("revenue"),
        "file_url": f"{request.path}?{request.GET.urlencode()}",
        "chosen": chosen,
    }
    return render(request, "reports/staff/rows.html", context)


def _asked(
    request: Request, *, with_today: bool = False
) -> tuple[RevenueFilter, FigureState | None, Chosen | None]:
    """Return the filters, how far the figures are built, and what is asked for (None: nothing yet).

    Whoever belongs to a branch is shown that branch; others the one chosen in the top bar, unless
    the filter says otherwise.
    """
    own = branch_scope(request.user)
    asked = request.GET.copy()
    if own is None and "branch" not in asked and request.session.get("branch_id"):
        asked["branch"] = str(request.session["branch_id"])
    form = RevenueFilter(asked, own_branch=own)
    state, first = figures.state(), figures.first_month()
    until = state.built_until if state is not None else None
    if with_today:  # read from the books themselves: nothing need be built
        until, first = max(until or date.min, clock.today()), first or _BEFORE_ALL
    if until is None or first is None:
        return form, state, None
    return form, state, form.chosen(built_until=until, first=first)


def _rate(given: str) -> Decimal | None:
    """Return a rate of tax (a fraction) out of an address."""
    try:
        rate = parse_number(given)
    except AmountRefused:
        return None
    return rate if 0 <= rate < 1 else None


def _dimension(request: Request) -> str:
    asked = request.GET.get("by", "")
    return asked if asked in figures.DIMENSIONS else "area"


def _dimensions(request: Request, links: Links) -> list[dict[str, Any]]:
    titles = breakdown.titles()
    return [
        {
            "label": titles[name],
            "url": links.page("revenue-breakdown", by=name),
            "current": name == _dimension(request),
        }
        for name in figures.DIMENSIONS
    ]


def _kept(request: Request) -> list[tuple[str, str]]:
    """Return what the filter form must hand on besides its own fields."""
    return [("by", request.GET["by"])] if request.GET.get("by") else []
