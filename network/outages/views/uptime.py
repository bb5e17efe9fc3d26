"""A-40: uptime of routers and areas month by month, breaches, repair times; and the settings."""

from datetime import date
from decimal import Decimal

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ispbill.accounts import editing, responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.downloads import csv_file
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock, formats, typed_days
from ispbill.core.acts import Act
from ispbill.core.charts import Chart, Point
from network.outages.forms.outages import SettingsForm
from network.outages.models import OutageSettings
from network.outages.queries import uptime as queries
from network.outages.rules import uptime as rules
from network.outages.services import judging, settings
from network.outages.views import words


@require_GET
@staff_only("network.view")
def index(request: Request) -> HttpResponse:
    """Show a month: uptime of the network, of routers and areas, breaches, mean time to repair."""
    months = queries.months()
    month = _month(request, months)
    rows = queries.of_month(request.user, month)
    repairs = queries.repairs(queries.frame(month, at=clock.now()))
    mean = rules.mean(repairs)
    whole = next((one for one in rows if not one.name), None)
    context = {
        "month": month,
        "months": months,
        "whole": whole,
        "routers": [one for one in rows if one.row.router_id],
        "areas": [one for one in rows if one.row.area_id],
        "breaches": [one for one in rows if one.row.is_breach and one.name],
        "repairs": len(repairs),
        "mttr": words.length(mean) if mean is not None else "–",
        "target": OutageSettings.current().uptime_target.normalize(),
        "is_closed": any(one.row.closed_at for one in rows),
        "chart": _chart(request),
        "may_edit": may(request.user, "outages.edit"),
        "sees_tickets": may(request.user, "reports.view"),
    }
    return render(request, "network/outages/staff/uptime.html", context)


@require_GET
@staff_only("network.view")
def export(request: Request) -> HttpResponse:
    """Download a month's figures."""
    month = _month(request, queries.months())
    head = ["month", "kind", "name", "uptime_percent", "down_minutes", "target", "breach"]
    rows = (
        [
            f"{month:%Y-%m}",
            "router" if one.row.router_id else "area" if one.row.area_id else "network",
            one.name,
            "" if one.percent is None else str(one.percent),
            str(one.down_minutes),
            str(one.row.target),
            "1" if one.row.is_breach else "0",
        ]
        for one in queries.of_month(request.user, month)
    )
    return csv_file(f"uptime-{month:%Y-%m}", head, rows)


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
def revise(request: Request, month: str) -> HttpResponse:
    """Reckon a closed month anew, with a reason."""
    first = typed_days.read(f"{month}-01")
    if first is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    back = f"{reverse('staff_network:uptime')}?month={month}"
    if request.method == "POST" and form.is_valid():
        act = Act.now(request.user, reason=form.cleaned_data["reason"])
        count = judging.revise(month=first, act=act)
        text = _("%(n)d figures differ and were written anew.") % {"n": count}
        return responses.go(request, back, text)
    return responses.dialog(
        request, form, heading=_("Reckon the month anew"), label=_("Reckon"), back=back
    )


@require_http_methods(["GET", "POST"])
@staff_only("outages.edit")
def look_into(request: Request, pk: int) -> HttpResponse:
    """Note why a month missed its target."""
    row = get_object_or_404(queries.visible_to(request.user), pk=pk)
    form = ReasonForm(request.POST or None)
    back = reverse("staff_network:uptime")
    if request.method == "POST" and form.is_valid():
        act = Act.now(request.user, reason=form.cleaned_data["reason"])
        judging.look_into(row=row, act=act)
        return responses.done(request, _("Noted."), back=back)
    return responses.dialog(
        request, form, heading=_("Why was the target missed?"), label=_("Note it"), back=back
    )


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
@editing.one_at_a_time
def change_settings(request: Request) -> HttpResponse:
    """Change how outages are proposed, credited and judged, with a reason."""
    row = editing.held(request, OutageSettings.current(), no_key=True)
    names = [name for name in SettingsForm.base_fields if name != "reason"]
    initial = {name: getattr(row, name) for name in names}
    form = editing.form(request, SettingsForm, about=row, initial=initial)
    back = reverse("staff_network:outages")
    if request.method == "POST" and form.is_valid():
        settings.change(
            values=form.values(), act=Act.now(request.user, reason=form.cleaned_data["reason"])
        )
        return responses.go(request, back, _("Saved."))
    return responses.dialog(request, form, heading=_("Outage settings"), label=_("Save"), back=back)


def _month(request: Request, months: list[date]) -> date:
    """Return the month of the address, or the latest that is closed or running."""
    asked = request.GET.get("month", "")
    found = next((one for one in months if f"{one:%Y-%m}" == asked), None)
    return found or (months[0] if months else clock.today().replace(day=1))


def _chart(request: Request) -> Chart | None:
    found = queries.course(request.user)
    known = [percent for _month, percent in found if percent is not None]
    if not known:
        return None
    this = clock.today().replace(day=1)
    lost = [
        Point(
            label=formats.month(month),
            value=None if percent is None else (Decimal(100) - percent),
            is_partial=month == this,
            url=f"?month={month:%Y-%m}",
        )
        for month, percent in found
    ]
    return Chart(
        kind="bars",
        key="downtime",
        title=_("Share of time without connection, by month"),
        unit="percent",
        column=_("Share of time without connection"),
        points=lost,
        last=12,
    )
