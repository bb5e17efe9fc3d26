"""The due and suspension queue: who will be cut off, when, and why, with every value."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from billing.forms.dunning import SimulationForm
from billing.queries import due_queue, events
from billing.queries.due_queue import Queue
from billing.queries.dunning import Judged
from billing.views import answers, dunning_words, words
from ispbill.accounts.access import demand_proof_for_file, may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, sheets
from ispbill.core.charts import Point
from ispbill.core.models import Company
from network.models import Access

_PER_PAGE = 50
_CHARTED_DAYS = 7


@require_GET
@staff_only("billing.view")
def index(request: Request) -> HttpResponse:
    """Show the queue, or what it would be with other days of grace."""
    on, company = clock.today(), Company.current()
    form, branch = SimulationForm(request.GET), answers.chosen_branch(request)
    given = form.cleaned_data if form.is_valid() else {}
    found = due_queue.queue(on=on, branch_id=branch)
    grace = given.get("grace")
    is_simulated = grace is not None and grace != company.grace_days
    shown = due_queue.queue(on=on, grace_days=grace, branch_id=branch) if is_simulated else found
    entries = shown.tonight if given.get("show") == "tonight" else shown.entries
    start = _start(request.GET.get("after", ""))
    page = entries[start : start + _PER_PAGE]
    context = {
        "rows": _rows(page, on=on),
        "total": len(entries),
        "cut_now": shown.cut_now,
        "cut_amount": shown.cut_amount,
        "usual": found,
        "points": _points(shown, on=on),
        "chart_title": _chart_title(shown),
        "show": given.get("show") or "",
        "grace": company.grace_days if grace is None else grace,
        "own_grace": company.grace_days,
        "is_simulated": is_simulated,
        "hours": (company.suspend_from_hour, company.suspend_until_hour),
        "pager": {
            "older": str(start + _PER_PAGE) if start + _PER_PAGE < len(entries) else "",
            "newer": "",
            "total": len(entries),
            "first": start + 1,
            "last": start + len(page),
        },
        "is_first_page": start == 0,
        "may_promise": may(request.user, "payments.take"),
        "may_exclude": may(request.user, "services.switch"),
        "may_suspend": may(request.user, "services.switch"),
        "pay_url": answers.address("staff_payments:pay")
        if may(request.user, "payments.take")
        else "",
        "bulk_actions": _bulk_actions() if may(request.user, "services.switch") else [],
    }
    if answers.is_fragment(request, "queue"):
        return answers.varied(render(request, "billing/staff/_due_queue.html", context))
    context |= {
        "form": form,
        "proposals": events.proposals(branch_id=branch),
        "may_configure": may(request.user, "settings.view"),
    }
    return answers.varied(render(request, "billing/staff/due_queue.html", context))


@require_GET
@staff_only("billing.view")
def export(request: Request) -> HttpResponseBase:
    """Return the queue as CSV, each row with every value the decision rests on."""
    on = clock.today()
    found = due_queue.queue(on=on, branch_id=answers.chosen_branch(request))
    demand_proof_for_file(request, len(found.entries))
    head = [
        _("Customer number"), _("Customer"), _("Phone"), _("Overdue"), _("Amount due"),
        _("Due"), _("Grace ends"), _("Suspends on"), _("Decision"), _("Promised by"),
        _("Excluded until"), _("What will happen"),
    ]  # fmt: skip
    rows = (
        (
            one.number, one.name, one.phone,
            words.days_overdue(one.decision.facts.due_date, on), one.decision.amount,
            one.decision.facts.due_date, one.decision.grace_until, one.decision.suspends_on,
            one.why_left, one.decision.facts.promised_until, one.decision.facts.excluded_until,
            dunning_words.why(one),
        )
        for one in found.entries
    )  # fmt: skip
    response = StreamingHttpResponse(sheets.csv_lines(head, rows), content_type=sheets.CSV)
    response["Content-Disposition"] = 'attachment; filename="due-queue.csv"'
    return response


def _bulk_actions() -> list[dict[str, Any]]:
    return [
        {"label": _("Exclude"), "url": answers.address("staff_billing:exclude"),
         "symbol": "shield"},
        {"label": _("Suspend"), "url": answers.address("staff_billing:bulk-suspend"),
         "symbol": "player-pause", "danger": True},
    ]  # fmt: skip


def _points(shown: Queue, *, on: date) -> list[Point]:
    days = list(shown.calendar.items())[:_CHARTED_DAYS]
    return [Point(words.day(day), count, is_partial=day == on) for day, count in days]


def _chart_title(shown: Queue) -> str:
    count = sum(list(shown.calendar.values())[:_CHARTED_DAYS])
    return ngettext(
        "%(count)d customer would be cut off in the next seven days if nobody paid",
        "%(count)d customers would be cut off in the next seven days if nobody paid",
        count,
    ) % {"count": count}


def _start(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _rows(entries: Sequence[Judged], *, on: date) -> list[dict[str, Any]]:
    lines = due_queue.lines([one.customer_id for one in entries])
    told = events.last_messages([one.customer_id for one in entries])
    return [
        _row(one, lines.get(one.customer_id, []), told.get(one.customer_id), on=on)
        for one in entries
    ]


def _row(one: Judged, lines: list[Access], told: date | None, *, on: date) -> dict[str, Any]:
    overdue = words.days_overdue(one.decision.facts.due_date, on)
    return {
        "one": one,
        "overdue": ngettext("%(days)d day", "%(days)d days", overdue) % {"days": overdue},
        "why": dunning_words.why(one),
        "values": dunning_words.values(one),
        "told_on": told,
        "promised_until": one.decision.facts.promised_until,
        "excluded_until": one.decision.facts.excluded_until,
        "customer_url": answers.address("staff_customers:customer", one.number),
        "router": _router_words(lines),
    }


def _router_words(lines: list[Access]) -> dict[str, Any]:
    """Say what the routers have confirmed of a customer's lines."""
    if not lines:
        return {"word": _("No line"), "tone": "neutral", "symbol": "circle-dashed"}
    if any(not line.is_settled for line in lines):
        return {"word": _("Being switched"), "tone": "warning", "symbol": "clock"}
    states = {line.confirmed_state for line in lines}
    if states == {Access.State.OPEN}:
        return {"word": _("Line open"), "tone": "success", "symbol": "plug-connected"}
    if states == {Access.State.WALLED}:
        return {"word": _("Line closed"), "tone": "danger", "symbol": "plug-off"}
    return {"word": _("Partly open"), "tone": "info", "symbol": "circle-half-2"}
