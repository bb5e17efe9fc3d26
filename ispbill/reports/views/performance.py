"""/admin/reports/staff/ (A-41): what people did, compared fairly; everybody sees their own."""

from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ispbill.accounts.access import branch_scope, may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.services import events, trail
from ispbill.core import clock, replica
from ispbill.core.acts import Act
from ispbill.reports.forms.performance import PerformanceFilter, Span
from ispbill.reports.queries import performance
from ispbill.reports.queries.performance import Person
from ispbill.reports.views import files
from ispbill.reports.views.report import PERCENT, Cell, Meaning, Table, money, text


@require_GET
@staff_only("tickets.view")
@replica.may_serve
def page(request: Request) -> HttpResponse:
    """Figures of people by period and branch: others' only for those who see reports."""
    form, span = _asked(request)
    found = _visible(request, span)
    context = {
        "form": form,
        "chosen": span,
        "table": _table(found),
        "has_any": bool(found),
        "sees_all": may(request.user, "reports.view"),
        "meanings": _meanings(),
        "kept": [],
        "file_url": f"{reverse('staff_reports:staff-file')}?{urlencode(_query(span))}",
    }
    return render(request, "reports/staff/performance.html", context)


@require_GET
@staff_only("reports.view")
def file(request: Request) -> HttpResponseBase:
    """The same as CSV or XLSX; who took it is kept."""
    kind = request.GET.get("as", "csv")
    if kind not in {"csv", "xlsx"}:
        raise Http404
    _form, span = _asked(request)
    found = _visible(request, span)
    act = Act.now(request.user)
    with transaction.atomic():
        trail.begin(act=act)
        events.record(
            act=act,
            action="user.figures_exported",
            target=request.user,
            after={**_query(span), "people": len(found)},
            branch_id=None,
        )
    return files.of_tables("staff", [_table(found)], as_xlsx=kind == "xlsx")


def _asked(request: Request) -> tuple[PerformanceFilter, Span]:
    form = PerformanceFilter(request.GET, own_branch=branch_scope(request.user))
    return form, form.span(on=clock.today())


def _visible(request: Request, span: Span) -> list[Person]:
    """Everybody is reckoned, so that one's own place is among all; not everybody is shown."""
    found = performance.people(since=span.since, until=span.until, branch_id=span.branch_id)
    if may(request.user, "reports.view"):
        return found
    return [one for one in found if one.pk == request.user.pk]


def _query(span: Span) -> dict[str, str]:
    query = {"period": "own", "since": span.since.isoformat(), "until": span.until.isoformat()}
    return query if span.branch_id is None else query | {"branch": str(span.branch_id)}


def _table(found: list[Person]) -> Table:
    return Table(
        title=_("Staff"),
        head=[
            _("Name"),
            _("Role"),
            _("Place"),
            _("Score"),
            _("Payments"),
            _("Collected"),
            _("Tickets resolved"),
            _("Points a day"),
            _("First answer, minutes"),
            _("Promises kept"),
            _("Stars"),
            _("Calls"),
            _("Jobs"),
            _("Days"),
        ],
        rows=[_row(one) for one in found],
    )


def _row(one: Person) -> list[Cell]:
    place = one.place
    where = (
        _("%(place)s of %(all)s") % {"place": place.position, "all": place.of} if place else None
    )
    return [
        text(one.name),
        text(one.role_words),
        Cell(where),
        Cell(place.score if place else None),
        Cell(one.payments),
        money(one.collected),
        Cell(one.work.resolved),
        Cell(round(one.work.points_a_day, 2)),
        Cell(one.first_minutes),
        Cell(one.promises, PERCENT),
        Cell(one.stars),
        Cell(one.calls),
        Cell(one.jobs),
        Cell(one.work.days),
    ]


def _meanings() -> list[Meaning]:
    return [
        Meaning(_("Collected"), _("Payments the person took that were not reversed since.")),
        Meaning(
            _("Tickets resolved"),
            _(
                "Resolved last by the person and not reopened by now; without those that nobody "
                "answered, merged ones and those of an outage."
            ),
        ),
        Meaning(
            _("Points a day"),
            _(
                "A resolved ticket counts the weight of its category, a quarter more when it was "
                "high and half more when it was urgent; divided by the days on which anything was "
                "done."
            ),
        ),
        Meaning(
            _("Score"),
            _(
                "40 for points a day against the middle of the role, 30 for stars (pulled towards "
                "the team's mean while there are few), 30 for promises kept. From 20 resolved "
                "tickets and 5 days on, and where at least three people of a role compare."
            ),
        ),
        Meaning(
            _("Calls"), _("Calls written down; two with the same customer in five minutes are one.")
        ),
    ]
