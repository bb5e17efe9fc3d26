"""The audit log, one customer's part of it, and rows as they were on any day."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from customers.models import Customer
from customers.queries import directory
from customers.queries.page_sources import Part
from customers.views import sentences
from customers.views import wording as timeline_words
from ispbill.accounts import responses
from ispbill.accounts.access import branch_scope, staff_only
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.audit.queries import history, timeline
from ispbill.core import chips, clock, paging, sheets
from ispbill.portals.forms.audit import TOPICS, AtMoment, AuditFilters
from ispbill.portals.views import act_words

_SIZE = 25
_NAMES = {"action": lambda act: f"{act_words.thing(act)} {act_words.done(act)}"}
_EXPORT_ROWS = 100_000
_COLUMNS = (
    "at",
    "actor",
    "action",
    "object",
    "label",
    "reason",
    "before",
    "after",
    "ip",
    "request",
)


@staff_only("audit.view")
@require_GET
def index(request: Request) -> HttpResponse:
    form = AuditFilters(request.GET)
    form.is_valid()
    found = timeline.events(_filters(request.user, form))
    export = reverse("staff_audit:export")
    context = {
        "title": _("Audit log"),
        "form": form,
        "query": request.GET.get("q", ""),
        "chips": chips.of(form, request.GET, but=("q", "topic"), words=_NAMES),
        "actions": timeline.actions(),
        "tabs": paging.tabs(request.GET, "topic", _topics()),
        "is_swap": responses.is_fragment(request, "list"),
        "exports": [{"label": _("Export CSV"), "url": f"{export}?{request.GET.urlencode()}"}],
        **_page(request, found),
    }
    return responses.region(
        request, context, part="audit/staff/_rows.html", page="audit/staff/index.html"
    )


@staff_only("audit.view")
@require_GET
def detail(request: Request, pk: int) -> HttpResponse:
    """One event with what it changed; a dialog over the list."""
    event = get_object_or_404(_visible(request.user), pk=pk)
    title = f"{act_words.thing(event.action)} {act_words.done(event.action)}"
    context = {"title": title, "event": event, "changes": timeline.changes(event)}
    return render(request, "audit/staff/detail.html", context)


@staff_only("audit.view")
@require_GET
def export(request: Request) -> HttpResponseBase:
    """The filtered events as CSV, cells guarded against formulas."""
    form = AuditFilters(request.GET)
    form.is_valid()
    found = timeline.events(_filters(request.user, form))[:_EXPORT_ROWS]
    response = StreamingHttpResponse(_csv(found.iterator(chunk_size=2000)), content_type="text/csv")
    response["Content-Disposition"] = 'attachment; filename="audit-log.csv"'
    return response


@staff_only("audit.view")
@require_GET
def customer_panel(request: Request, number: str) -> HttpResponse:
    """One customer's events: the last tab of the customer's page."""
    customer = get_object_or_404(directory.visible_to(request.user), number=number)
    found = timeline.events(timeline.Filters(customer_id=customer.pk))
    context = {"title": _("Audit log"), "customer": customer, **_page(request, found)}
    return responses.region(
        request, context, part="audit/staff/_rows.html", page="audit/staff/customer.html"
    )


@staff_only("audit.view")
@require_GET
def row_history(request: Request, table: str, pk: int) -> HttpResponse:
    """A row as it was at a moment, and what has changed since."""
    name = history.TABLES.get(table)
    if name is None:
        raise Http404
    form = AtMoment(request.GET)
    form.is_valid()
    at = form.cleaned_data.get("at") or clock.now()
    now = history.current(table=name, row_id=pk)
    versions = history.versions(table=name, row_id=pk)
    latest = now if now is not None else (versions[-1].data if versions else None)
    if latest is None or not _may_see_row(request.user, table, latest):
        raise Http404
    then = history.state_at(table=name, row_id=pk, moment=at)
    context = {
        "title": _("History"),
        "table": table,
        "pk": pk,
        "at": at,
        "form": AtMoment(initial={"at": at}),
        "then": history.shown(then) if then is not None else None,
        "is_gone": now is None,
        "changes": timeline.differences(then or {}, now or {}),
        "versions": versions[::-1],
    }
    return responses.region(
        request, context, part="audit/staff/_history.html", page="audit/staff/history.html"
    )


def _visible(user: User) -> Any:
    scope = branch_scope(user)
    events = AuditEvent.objects.all()
    return events if scope is None else events.filter(branch_id=scope)


def _topics() -> list[tuple[str, str]]:
    return [("", _("All")), *((key, str(words)) for key, (words, _acts) in TOPICS.items())]


def _filters(user: User, form: AuditFilters) -> timeline.Filters:
    given = form.cleaned_data
    since, until = form.moments()
    customer_id = None
    if given.get("customer"):
        customer = directory.visible_to(user).filter(number=given["customer"].strip()).first()
        customer_id = customer.pk if customer is not None else 0
    return timeline.Filters(
        q=given.get("q", "").strip(),
        topic=TOPICS[given["topic"]][1] if given.get("topic") else (),
        actor=given.get("actor", ""),
        action=given.get("action", ""),
        target=given.get("target", ""),
        customer_id=customer_id,
        branch_id=branch_scope(user),
        request_id=given.get("request", ""),
        since=since,
        until=until,
    )


def _page(request: Request, found: Any) -> dict[str, Any]:
    page = timeline.page(
        found, after=request.GET.get("after", ""), before=request.GET.get("before", ""), size=_SIZE
    )
    pager = paging.foot(page, request.GET, size=_SIZE)
    return {"rows": [(event, _told(event)) for event in page.rows], "pager": pager}


def _told(event: AuditEvent) -> dict[str, Any]:
    """An event in words: its sentence, and what it changed."""
    if timeline_words.is_told(event.action):
        words = timeline_words.sentence(event.action, event.target_label, event.after)
    else:
        words = sentences.parts(
            _("%(thing)s %(done)s: %(label)s"),
            {
                "thing": act_words.thing(event.action),
                "done": act_words.done(event.action),
                "label": Part(event.target_label),
            },
        )
    return {"words": words, "changes": timeline_words.changed(event.before, event.after)}


def _may_see_row(user: User, table: str, state: dict[str, Any]) -> bool:
    scope = branch_scope(user)
    if scope is None or table in {"package", "package-price"}:
        return True
    if table == "branch":
        return state.get("id") == scope
    if state.get("branch_id") is not None:
        return bool(state["branch_id"] == scope)
    customer_id = int(state.get("customer_id") or 0)
    return Customer.objects.filter(pk=customer_id, branch_id=scope).exists()


def _csv(events: Iterator[AuditEvent]) -> Iterator[str]:
    yield sheets.csv_line(_COLUMNS)
    for event in events:
        yield sheets.csv_line(
            (
                event.at.isoformat(),
                event.actor_name,
                event.action,
                event.target_type,
                event.target_label,
                event.reason,
                _snapshot(event.before),
                _snapshot(event.after),
                event.ip or "",
                event.request_id,
            )
        )


def _snapshot(values: dict[str, Any] | None) -> str:
    shown = {key: value for key, value in (values or {}).items() if timeline.is_shown(key)}
    return "; ".join(f"{key}={value}" for key, value in shown.items())
