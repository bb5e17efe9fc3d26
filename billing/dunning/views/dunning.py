"""The due and suspension queue: who will be cut off, when, and why, with every value."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from billing.dunning.forms.dunning import SimulationForm
from billing.dunning.queries import due_queue, events
from billing.dunning.queries.due_queue import Queue
from billing.dunning.queries.dunning import Judged
from billing.dunning.views import dunning_words
from billing.ledger.views import answers
from billing.pricing.views import words
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import demand_proof_for_file, may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, digits, sheets
from ispbill.core.models import Company
from ispbill.core.paging import Pager
from network.models import Access

_PER_PAGE = 50


@require_GET
@staff_only("billing.view")
def index(request: Request) -> HttpResponse:
    """Show a part of the queue, or what it would be with other days of grace."""
    on, company = clock.today(), Company.current()
    form, branch = SimulationForm(request.GET), answers.chosen_branch(request)
    given = form.cleaned_data if form.is_valid() else {}
    found = due_queue.queue(on=on, branch_id=branch)
    grace = given.get("grace")
    is_simulated = grace is not None and grace != company.grace_days
    queue = due_queue.queue(on=on, grace_days=grace, branch_id=branch) if is_simulated else found
    show, text = given.get("show") or "", given.get("q") or ""
    entries = [one for one in queue.part(show) if _matches(one, text)]
    start = digits.whole(request.GET.get("after", "")) or 0
    context = {
        "queue": queue,
        "usual": found,
        "show": show,
        "groups": _groups(queue, entries, start=start, show=show),
        "total": len(entries),
        "total_amount": due_queue.owed(entries),
        "sentence": dunning_words.next_cuts(queue),
        "tabs": _tabs(queue, show),
        "query": text,
        "grace": company.grace_days if grace is None else grace,
        "own_grace": company.grace_days,
        "is_simulated": is_simulated,
        "hour": f"{company.suspend_from_hour:02}:00",
        "pager": _pager(start, len(entries)),
        "may_promise": may(request.user, "payments.take"),
        "may_exclude": may(request.user, "services.switch"),
        "may_suspend": may(request.user, "services.switch"),
        "pay_url": links.address("staff_payments:pay")
        if may(request.user, "payments.take")
        else "",
        "bulk_actions": _bulk_actions() if may(request.user, "services.switch") else [],
    }
    if responses.is_fragment(request, "queue"):
        return responses.varied(render(request, "billing/dunning/staff/_due_queue.html", context))
    context |= {
        "form": form,
        "proposals": events.proposals(branch_id=branch),
        "may_configure": may(request.user, "settings.view"),
    }
    return responses.varied(render(request, "billing/dunning/staff/due_queue.html", context))


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
            one.number,
            one.name,
            one.phone,
            words.days_overdue(one.decision.facts.due_date, on),
            one.decision.amount,
            one.decision.facts.due_date,
            one.decision.grace_until,
            one.decision.suspends_on,
            one.why_left,
            one.decision.facts.promised_until,
            one.decision.facts.excluded_until,
            dunning_words.why(one),
        )
        for one in found.entries
    )
    response = StreamingHttpResponse(sheets.csv_lines(head, rows), content_type=sheets.CSV)
    response["Content-Disposition"] = 'attachment; filename="due-queue.csv"'
    return response


def _bulk_actions() -> list[dict[str, Any]]:
    return [
        {"label": _("Exclude"), "url": links.address("staff_billing:exclude"), "symbol": "shield"},
        {
            "label": _("Suspend"),
            "url": links.address("staff_billing:bulk-suspend"),
            "symbol": "player-pause",
            "danger": True,
        },
    ]


def _matches(one: Judged, text: str) -> bool:
    """Tell whether somebody is meant by a part of name, number or phone."""
    wanted = text.casefold()
    return not wanted or any(
        wanted in value.casefold() for value in (one.name, one.number, one.phone)
    )


def _tabs(queue: Queue, show: str) -> list[dict[str, Any]]:
    words_of = {
        "": _("Will be cut"),
        "off": _("Already off"),
        "promised": _("Promised"),
        "kept": _("Kept on"),
    }
    return [
        {
            "label": label,
            "url": f"?show={name}" if name else "?",
            "current": name == ("" if show == "tonight" else show),
            "count": len(queue.parts[name]),
        }
        for name, label in words_of.items()
    ]


def _pager(start: int, total: int) -> Pager:
    following = start + _PER_PAGE
    return Pager(
        newer="",
        older=str(following) if following < total else "",
        size=_PER_PAGE,
        total=total,
        first=start + 1,
        shown=min(_PER_PAGE, total - start),
    )


def _groups(
    queue: Queue, entries: Sequence[Judged], *, start: int, show: str
) -> list[dict[str, Any]]:
    """Return the rows of a page: those to be cut by their day with its sum, others in one group."""
    rows = _rows(entries[start : start + _PER_PAGE], on=queue.on, show=show)
    if show not in ("", "tonight"):
        return [{"day": None, "rows": rows}] if rows else []
    of_day = queue.by_day(entries)
    return [
        {
            "day": day,
            "rows": list(same),
            "count": len(of_day[day]),
            "amount": due_queue.owed(of_day[day]),
        }
        for day, same in groupby(rows, key=lambda row: queue.day_of(row["one"]))
    ]


def _rows(entries: Sequence[Judged], *, on: date, show: str) -> list[dict[str, Any]]:
    lines = due_queue.lines([one.customer_id for one in entries])
    told = events.last_messages([one.customer_id for one in entries])
    off = due_queue.off_since([one.customer_id for one in entries]) if show == "off" else {}
    return [
        _row(one, lines.get(one.customer_id, []), told.get(one.customer_id), on=on)
        | {"off_since": off.get(one.customer_id)}
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
        "customer_url": links.address("staff_customers:customer", one.number),
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
