"""/admin/reports/library/ (A-42): every report to open, to take along, or to have sent."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ispbill.accounts import responses
from ispbill.accounts.access import branch_scope, may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.services import events, trail
from ispbill.core import replica, sheets
from ispbill.core.acts import Act
from ispbill.inbox.forms.confirm import Confirm
from ispbill.reports.forms.library import PeriodFilter, ScheduleForm
from ispbill.reports.forms.period import Chosen
from ispbill.reports.models import FigureState
from ispbill.reports.queries import figures, library, sent
from ispbill.reports.queries.library import KINDS, SHEET
from ispbill.reports.queries.lists import FILES
from ispbill.reports.services import schedules
from ispbill.reports.views import files
from ispbill.reports.views.list_file import may_take
from ispbill.reports.views.report import TEXT, Cell, Meaning, Table, text

PAPERS = 20  # shown of those sent to oneself
SHOWN = 200  # lines on the page; a file has them all


@require_GET
@staff_only("reports.view")
@replica.may_serve
def index(request: Request) -> HttpResponse:
    """List the reports there are, those that are sent, and the papers sent to oneself."""
    papers = list(
        sent.papers_of(request.user).defer("content").order_by("-sent_at", "-pk")[:PAPERS]
    )
    context = {
        "sheet": KINDS[SHEET],
        "may_send": may(request.user, "reports.send"),
        "lists": library.LISTS,
        "tables": library.TABLES,
        "whole": [one for one in FILES if may_take(request.user, one)],
        "schedules": [(one, KINDS[one.report]) for one in sent.listed(request.user)],
        "papers": [(one, KINDS[one.schedule.report]) for one in papers],
    }
    return render(request, "reports/staff/library.html", context)


@require_GET
@staff_only("reports.view")
def sheet(request: Request) -> HttpResponseBase:
    """Show every figure of some days, the branches side by side; as a file with `?as=`."""
    form, state, chosen = _asked(request)
    wanted = request.GET.get("as", "")
    if chosen is None:
        return render(request, "reports/staff/figures.html", {"form": form, "state": state})
    days = {"since": chosen.since, "until": chosen.until}
    found = library.sheet(**days, branch_id=branch_scope(request.user))
    table = Table(
        title=_("All figures by branch"),
        head=[_("Figure"), *found.columns],
        rows=[
            [text(str(line.figure.name)), *(Cell(one, line.figure.unit) for one in line.values)]
            for line in found.lines
        ],
    )
    if wanted in ("csv", "xlsx"):
        return files.of_tables("figures", [table], as_xlsx=wanted == "xlsx")
    context = {
        "form": form,
        "state": state,
        "chosen": chosen,
        "kept": [],
        "table": table,
        "meanings": [Meaning(line.figure.name, line.figure.meaning) for line in found.lines],
        "file_url": f"{request.path}?{request.GET.urlencode()}",
    }
    return render(request, "reports/staff/figures.html", context)


@require_GET
@staff_only("reports.view")
def table(request: Request, key: str) -> HttpResponseBase:
    """Show a report that is a table of its own; as a file with `?as=`."""
    kind = KINDS.get(key)
    if kind is None or kind.table is None:
        raise Http404
    form, state, chosen = _asked(request)
    wanted = request.GET.get("as", "")
    context: dict[str, Any] = {"kind": kind, "form": form, "state": state, "chosen": chosen}
    if chosen is not None:
        branch = branch_scope(request.user)
        found = kind.table(since=chosen.since, until=chosen.until, branch_id=branch)
        shown = found.lines if wanted else found.lines[:SHOWN]
        made = Table(
            title=kind.name,
            head=[str(word) for word in found.head],
            rows=[
                [Cell(value, unit) for value, unit in zip(line, found.units, strict=True)]
                for line in shown
            ],
            texts=sum(unit == TEXT for unit in found.units),
        )
        if wanted in ("csv", "xlsx"):
            return files.of_tables(kind.key, [made], as_xlsx=wanted == "xlsx")
        context |= {
            "table": made,
            "kept": [],
            "more": len(found.lines) - len(shown),
            "file_url": f"{request.path}?{request.GET.urlencode()}",
        }
    return render(request, "reports/staff/library_table.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("reports.send")
def plan(request: Request) -> HttpResponse:
    """Ask which report goes to whom, and send it from the next period on."""
    form = ScheduleForm(
        request.POST or None,
        user=request.user,
        own_branch=branch_scope(request.user),
        initial={"report": request.GET.get("report", SHEET)},
    )
    back = reverse("staff_reports:library")

    def run(given: dict[str, Any]) -> str:
        schedules.plan(act=Act.now(request.user), **given)
        return _("It is sent from the next period on.")

    return responses.carried_out(
        request, form, run, heading=_("Send a report regularly"), label=_("Save"), back=back
    )


@require_http_methods(["GET", "POST"])
@staff_only("reports.send")
def end(request: Request, pk: int) -> HttpResponse:
    """Ask, then send a report no more."""
    found = get_object_or_404(sent.visible_to(request.user), pk=pk)

    def run(_given: dict[str, Any]) -> str:
        schedules.end(schedule=found, act=Act.now(request.user))
        return _("It is not sent any more.")

    return responses.carried_out(
        request,
        Confirm(request.POST if request.method == "POST" else None),
        run,
        heading=_("Stop sending “%(name)s”?") % {"name": KINDS[found.report].name},
        label=_("Stop sending"),
        back=reverse("staff_reports:library"),
        effects=[_("Nobody gets it any more. What was sent stays.")],
    )


@require_GET
@staff_only("reports.view")
def paper(request: Request, pk: int) -> HttpResponse:
    """A paper as it was sent to oneself; who took it is kept."""
    found = get_object_or_404(sent.papers_of(request.user), pk=pk)
    act = Act.now(request.user)
    with transaction.atomic():
        trail.begin(act=act)
        events.record(
            act=act,
            action="report.opened",
            target=found,
            label=str(KINDS[found.schedule.report].name),
            branch_id=None,
        )
    response = HttpResponse(bytes(found.content), content_type=sheets.XLSX)
    name = f"{found.schedule.report}-{found.since}-{found.until}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _asked(request: Request) -> tuple[PeriodFilter, FigureState | None, Chosen | None]:
    form = PeriodFilter(request.GET, own_branch=branch_scope(request.user))
    state, first = figures.state(), figures.first_month()
    if state is None or first is None:
        return form, state, None
    return form, state, form.chosen(built_until=state.built_until, first=first)
