"""/admin/network/usage/: the network's traffic, who is on line, who moves most."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ispbill.accounts import responses
from ispbill.accounts.access import branch_scope, demand_proof_for_file, may, staff_only
from ispbill.accounts.downloads import csv_file
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.charts import Chart, Series
from ispbill.core.sheets import Cell
from network.queries import lines as line_queries
from network.queries import routers
from network.rules import speeds
from network.usage.queries import odd, traffic
from network.usage.queries import sessions as session_queries
from network.usage.queries.traffic import Heavy, Point
from network.usage.rules import periods, sizes, spreading
from network.usage.services import alerts
from network.usage.views import drawing
from network.views import routers as router_pages

SESSIONS_SHOWN = 200
ALERTS_SHOWN = 50
SPANS = {"day": timedelta(minutes=30), "week": timedelta(hours=3), "month": timedelta(hours=12)}
LENGTHS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}


@require_GET
@staff_only("network.view")
def index(request: Request) -> HttpResponse:
    """Show what flows now and today, router by router."""
    span = _span(request)
    stands = traffic.stands(request.user, since=_midnight(), at=clock.now())
    context: dict[str, Any] = {
        "stands": [
            {
                "stand": one,
                "download": speeds.words(one.download_rate),
                "upload": speeds.words(one.upload_rate),
                "today": drawing.words(one.today),
            }
            for one in stands
        ],
        "chart": _chart([one.router.pk for one in stands], span, key="network"),
        "spans": _spans(span),
    }
    return responses.region(
        request,
        context,
        part="network/usage/staff/_bandwidth.html",
        page="network/usage/staff/bandwidth.html",
    )


@require_GET
@staff_only("network.view")
def router(request: Request, pk: int) -> HttpResponse:
    """Show what flows over one router."""
    found = get_object_or_404(routers.listed(request.user), pk=pk)
    span, now = _span(request), clock.now()
    zone = clock.zone()
    month = periods.cycle(clock.today(), billing_day=1)
    since = spreading.day_span(month.start, zone)[0]
    busiest = traffic.p95(found.pk, since=since, until=spreading.slot_start(now))
    context: dict[str, Any] = {
        "chart": _chart([found.pk], span, key="router"),
        "spans": _spans(span),
        "p95": _megabits(busiest.larger) if busiest else "",
        "is_complete": busiest is None or busiest.is_complete,
        "month": drawing.words(traffic.total([found.pk], since=since, until=now)),
        "today": drawing.words(traffic.total([found.pk], since=_midnight(), until=now)),
    }
    template = "network/usage/staff/_router.html"
    return router_pages.tab(request, found, "traffic", context, template=template)


@require_GET
@staff_only("network.view")
def sessions(request: Request) -> HttpResponse:
    """Show who is on line, as the last polls saw it, the fastest first."""
    found = session_queries.online(request.user)
    words = request.GET.get("q", "").strip()
    if words:
        found = session_queries.matching(found, words)
    rows = list(found[: SESSIONS_SHOWN + 1])
    context = {
        "rows": [_session(line) for line in rows[:SESSIONS_SHOWN]],
        "total": found.count() if len(rows) > SESSIONS_SHOWN else len(rows),
        "has_more": len(rows) > SESSIONS_SHOWN,
        "q": words,
        "may_restart": may(request.user, "services.switch"),
    }
    return responses.region(
        request,
        context,
        part="network/usage/staff/_sessions.html",
        page="network/usage/staff/sessions.html",
    )


@require_GET
@staff_only("network.view")
def heavy(request: Request) -> HttpResponse:
    """Show who moved most in thirty days, beside the median of the package; `?format=csv`."""
    found = traffic.heaviest(until=clock.today(), branch_id=branch_scope(request.user))
    if request.GET.get("format") == "csv":
        demand_proof_for_file(request, len(found))
        head = [
            _("Customer no."), _("Customer"), _("Line"), _("Package"), _("Download (GB)"),
            _("Upload (GB)"), _("Total (GB)"), _("Times the median"),
        ]  # fmt: skip
        rows = [_heavy_cells(one) for one in found]
        return csv_file("heavy-users", head, rows)
    context = {
        "rows": [
            {
                "one": one,
                "total": drawing.words(one.total),
                "download": drawing.words(one.download),
                "upload": drawing.words(one.upload),
            }
            for one in found
        ],
        "alerts": odd.open_now(request.user)[:ALERTS_SHOWN],
        "may_edit": may(request.user, "network.edit"),
    }
    return responses.region(
        request,
        context,
        part="network/usage/staff/_heavy.html",
        page="network/usage/staff/heavy.html",
    )


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
def dismiss(request: Request, pk: int) -> HttpResponse:
    """Put an alert aside, with a reason."""
    found = odd.visible_to(request.user).select_related("subscription__customer")
    alert = get_object_or_404(found, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = Act.now(request.user, reason=form.cleaned_data["reason"])
        alerts.dismiss(alert=alert, act=act)
        messages.success(request, _("Put aside; it says nothing more for 30 days."))
        return responses.go(request, reverse("staff_network:heavy-users"))
    context = {"form": form, "alert": alert}
    return responses.form_page(request, "network/usage/staff/dismiss.html", context)


def _heavy_cells(one: Heavy) -> list[Cell]:
    return [
        one.number,
        one.customer,
        one.username,
        one.package,
        sizes.gigabytes(one.download),
        sizes.gigabytes(one.upload),
        sizes.gigabytes(one.total),
        one.times,
    ]


def of_network(user: User, branch_id: int | None) -> Chart:
    """Return the last day's throughput of all routers a member of staff may see, or a branch's."""
    found = line_queries.routers_visible_to(user)
    if branch_id is not None:
        found = found.filter(branch_id=branch_id)
    return _chart(list(found.values_list("pk", flat=True)), "day", key="traffic")


def _session(line: Any) -> dict[str, Any]:
    counter = line.subscription.usage_counter
    return {
        "line": line,
        "counter": counter,
        "download": speeds.words(counter.download_rate),
        "upload": speeds.words(counter.upload_rate),
    }


def _chart(router_ids: list[int], span: str, *, key: str) -> Chart:
    """Return throughput over a span as two lines; a gap breaks them."""
    step, midnight = SPANS[span], _midnight()
    until = midnight + step * ((clock.now() - midnight) // step + 1)
    points = traffic.points(router_ids, since=until - LENGTHS[span], until=until, step=step)
    return Chart(
        kind="lines",
        key=key,
        title=_finding(points),
        unit="Mbit/s",
        labels=[_label(point.start, span) for point in points],
        series=[
            Series(_("Download"), [_tenth(point.download) for point in points]),
            Series(_("Upload"), [_tenth(point.upload) for point in points]),
        ],
    )


def _finding(points: list[Point]) -> str:
    known = [point for point in points if point.download is not None]
    if not known:
        return _("Nothing measured in this time")
    most = max(known, key=lambda point: point.download or 0)
    values = {
        "speed": _megabits(most.download or Decimal(0)),
        "when": f"{timezone.localtime(most.start):%d.%m. %H:%M}",
    }
    return _("Most downloaded at once: %(speed)s (%(when)s)") % values


def _label(start: datetime, span: str) -> str:
    local = timezone.localtime(start)
    return f"{local:%H:%M}" if span == "day" else f"{local:%d.%m.}"


def _spans(current: str) -> list[tuple[str, str, bool]]:
    found = (("day", _("Day")), ("week", _("Week")), ("month", _("Month")))
    return [(word, label, word == current) for word, label in found]


def _span(request: Request) -> str:
    asked = request.GET.get("span", "day")
    return asked if asked in SPANS else "day"


def _midnight() -> datetime:
    return spreading.day_span(clock.today(), clock.zone())[0]


def _megabits(rate: Decimal) -> str:
    return speeds.words(int(rate * 1_000_000))


def _tenth(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.1"))
