"""/admin/reports/acquisition/: what winning customers costs, month by month."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ispbill.accounts import responses
from ispbill.accounts.access import branch_scope, may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats, replica
from ispbill.core.acts import Act
from ispbill.core.charts import Chart, Point
from ispbill.reports.forms.acquisition import CostForm
from ispbill.reports.forms.library import PeriodFilter
from ispbill.reports.forms.period import Chosen
from ispbill.reports.queries import acquisition, figures
from ispbill.reports.queries.acquisition import Spent
from ispbill.reports.services import acquisition as costs
from ispbill.reports.views import files
from ispbill.reports.views.report import (
    MONEY,
    Figure,
    Table,
    count,
    defined,
    meanings,
    money,
    month_name,
    month_words,
    text,
)


@require_GET
@staff_only("reports.view")
@replica.may_serve
def index(request: Request) -> HttpResponseBase:
    """Show what was spent on winning customers, and what each one cost; as a file with `?as=`."""
    form = PeriodFilter(request.GET, own_branch=branch_scope(request.user))
    state, first = figures.state(), figures.first_month()
    context: dict[str, Any] = {
        "form": form,
        "state": state,
        "chosen": None,
        "may_enter": may(request.user, "reports.costs"),
        "kept": [],
    }
    if state is not None and first is not None:
        chosen = form.chosen(built_until=state.built_until, first=first)
        found = _found(request, chosen)
        table = _table(found)
        if (wanted := request.GET.get("as", "")) in ("csv", "xlsx"):
            return files.of_tables("acquisition", [table], as_xlsx=wanted == "xlsx")
        context |= found | {
            "chosen": chosen,
            "table": table,
            "figures": _figures(found),
            "chart": _chart(found),
            "meanings": meanings("acquisition_cost", "customers_joined"),
            "file_url": f"{request.path}?{request.GET.urlencode()}",
        }
    return render(request, "reports/staff/acquisition.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("reports.costs")
def enter(request: Request) -> HttpResponse:
    """Ask what a month cost a branch, and write it down."""
    form = CostForm(
        request.POST or None,
        on=clock.today(),
        own_branch=branch_scope(request.user),
        initial={"month": request.GET.get("month", "")},
    )

    def run(given: dict[str, Any]) -> str:
        cost = costs.enter(act=Act.now(request.user), **given)
        return _("%(amount)s is entered for %(month)s.") % {
            "amount": formats.money(cost.amount),
            "month": month_name(cost.month),
        }

    return responses.carried_out(
        request,
        form,
        run,
        heading=_("Enter what winning customers cost"),
        label=_("Save"),
        back=reverse("staff_reports:acquisition"),
    )


def _found(request: Request, chosen: Chosen) -> dict[str, Any]:
    branch = branch_scope(request.user)
    since, until = chosen.since, chosen.until
    return {
        "whole": acquisition.of(since=since, until=until, branch_id=branch),
        "months": list(acquisition.by_month(since=since, until=until, branch_id=branch)),
    }


def _figures(found: dict[str, Any]) -> list[Figure]:
    whole: Spent = found["whole"]
    return [
        defined("acquisition_cost", whole.each),
        Figure(_("Spent in all"), whole.total, MONEY),
        defined("customers_joined", whole.joined),
    ]


def _chart(found: dict[str, Any]) -> Chart:
    return Chart(
        "bars",
        "acquisition",
        _("What one new customer cost, by month"),
        "",
        MONEY,
        _("A customer"),
        points=[
            Point(month_words(month), spent.each) for month, spent in reversed(found["months"])
        ],
    )


def _table(found: dict[str, Any]) -> Table:
    whole: Spent = found["whole"]
    return Table(
        title=_("Cost of winning customers by month"),
        head=[
            _("Month"),
            _("Entered"),
            _("Credit for friends"),
            _("Resellers, for new services"),
            _("In all"),
            _("Joined"),
            _("Each"),
        ],
        rows=[[text(month_name(month)), *_cells(spent)] for month, spent in found["months"]],
        total=[text(_("In all")), *_cells(whole)],
    )


def _cells(spent: Spent) -> list[Any]:
    return [
        money(spent.entered),
        money(spent.rewards),
        money(spent.bonuses),
        money(spent.total),
        count(spent.joined),
        money(spent.each),
    ]
