"""A-34, /admin/network/speed-tests/: what customers measured, where it is low, and the settings."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ispbill.accounts import editing, responses
from ispbill.accounts.access import demand_proof_for_file, may, staff_only
from ispbill.accounts.downloads import csv_file
from ispbill.accounts.http import Request
from ispbill.core import clock, paging
from ispbill.core.acts import Act
from network.queries import lines
from network.speedtest.forms.speed import SettingsForm
from network.speedtest.models import SpeedTest
from network.speedtest.queries import results
from network.speedtest.services import settings
from network.speedtest.views import words

SIZE = 50
GROUPED_DAYS = timedelta(days=30)
PANEL_SHOWN = 6
_SHOWN = ("customer__area", "subscription__package", "subscription__access__router")


@require_GET
@staff_only("network.view")
def index(request: Request) -> HttpResponse:
    """List tests, the newest first, with the packages and areas that are worst."""
    view, text = request.GET.get("view", "every"), request.GET.get("q", "").strip()
    found = results.viewed(request.user, view=view, words=text)
    total = found.count()
    start = paging.start_of(request.GET, total=total)
    rows = list(found.select_related(*_SHOWN).order_by("-started_at", "-pk")[start : start + SIZE])
    context: dict[str, Any] = {
        "rows": [words.row(one) for one in rows],
        "q": text,
        "chips": _chips(request, text),
        "pager": paging.numbered(start, size=SIZE, total=total),
        "is_swap": responses.is_fragment(request, "list"),
    }
    if context["is_swap"]:
        return responses.varied(render(request, "network/speedtest/staff/_rows.html", context))
    context |= {
        "tabs": _tabs(request, view),
        "groups": _groups(request),
        "may_set": may(request.user, "settings.edit"),
    }
    return responses.varied(render(request, "network/speedtest/staff/index.html", context))


@require_GET
@staff_only("network.view")
def export(request: Request) -> HttpResponse:
    """Download the tests of a view."""
    found = results.viewed(
        request.user, view=request.GET.get("view", "every"), words=request.GET.get("q", "").strip()
    )
    rows = list(found.select_related("customer__area", "subscription__package"))
    demand_proof_for_file(request, len(rows))
    head = [
        "started_at", "customer", "package", "area", "download_mbps", "upload_mbps", "ping_ms",
        "jitter_ms", "sold_download_mbps", "sold_upload_mbps", "percent", "verdict", "place",
        "medium",
    ]  # fmt: skip
    return csv_file(
        "speed-tests",
        head,
        [
            [
                one.started_at.isoformat(),
                one.customer.number,
                one.subscription.package.name,
                one.customer.area.name,
                one.download_mbps,
                one.upload_mbps,
                one.ping_ms,
                one.jitter_ms,
                one.sold_download_mbps,
                one.sold_upload_mbps,
                one.percent,
                one.verdict,
                one.place,
                one.medium,
            ]
            for one in rows
        ],
    )


@require_GET
@staff_only("network.view")
def panel(request: Request, pk: int) -> HttpResponse:
    """Show one line's last tests, on the page of its customer."""
    line = get_object_or_404(lines.visible_to(request.user), pk=pk)
    tests = results.of_service(line.subscription_id, most=PANEL_SHOWN)
    context = {"line": line, "rows": [words.row(one) for one in tests]}
    return render(request, "network/speedtest/staff/_panel.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
@editing.one_at_a_time
def change_settings(request: Request) -> HttpResponse:
    """Change whether, where and within which limits customers test, with a reason."""
    row = editing.held(request, settings.held(), no_key=True)
    names = [name for name in SettingsForm.base_fields if name != "reason"]
    initial = {name: getattr(row, name) for name in names}
    form = editing.form(request, SettingsForm, about=row, initial=initial)
    back = reverse("staff_network:speed-tests")
    if request.method == "POST" and form.is_valid():
        act = Act.now(request.user, reason=form.cleaned_data["reason"])
        settings.change(values=form.values(), act=act)
        return responses.go(request, back, _("Saved."))
    return responses.dialog(
        request, form, heading=_("Speed test settings"), label=_("Save"), back=back
    )


def _chips(request: Request, text: str) -> list[dict[str, str]]:
    if not text:
        return []
    remove = paging.asked_anew(request.GET, "q")
    return [{"label": _("Search"), "value": text, "remove_url": remove}]


def _tabs(request: Request, current: str) -> list[dict[str, object]]:
    labels = {
        "every": _("Everything"),
        "poor": SpeedTest.Verdict.POOR.label,
        "weak": SpeedTest.Verdict.WEAK.label,
        "good": SpeedTest.Verdict.GOOD.label,
        "foreign": _("Without verdict"),
    }
    counts = results.counts(request.user)
    return paging.tabs(None, "view", labels.items(), current=current, counts=counts)


def _groups(request: Request) -> list[dict[str, object]]:
    since = clock.now() - GROUPED_DAYS
    return [
        {"heading": heading, "rows": results.grouped(request.user, by=by, since=since)[:6]}
        for by, heading in (("package", _("By package")), ("area", _("By area")))
    ]
