"""The queue of tickets, as a list and as a board."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import chips, clock, digits, paging
from tickets.forms.staff import Find
from tickets.models import Team, TeamMember, Ticket
from tickets.queries import queue, tickets
from tickets.rules import moves
from tickets.views import queue_choices, words

SIZES = (25, 50, 100, 200)
_BOARD_CARDS = 20
_POSITION = {*paging.POSITION, "size"}


@require_GET
@vary_on_headers("HX-Request")
@staff_only("tickets.view")
def index(request: Request) -> HttpResponse:
    """List tickets, what is due first before the rest."""
    at = clock.now()
    form = Find(request.GET)
    filters = form.filters(view_of(request.GET))
    mine = tickets.visible_to(request.user)
    chosen = queue.view(mine, filters.view, user=request.user, at=at)
    found = queue.filtered(chosen, filters)
    size = _size(request)
    page = queue.page(
        found, size=size, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    context: dict[str, Any] = {
        "form": form,
        "filters": filters,
        "rows": [words.row(one, at=at) for one in page.rows],
        "pager": paging.foot(page, request.GET, size=size, sizes=SIZES, total=found.count()),
        "chips": chips.of(form, request.GET),
        "is_swap": responses.is_fragment(request, "list"),
        "bulk_actions": _bulk(request),
    }
    if context["is_swap"]:
        return render(request, "tickets/staff/_rows.html", context)
    asked = {name: str(value) for name, value in request.GET.items() if value}
    kept = urlencode({key: text for key, text in asked.items() if key not in _POSITION})
    context |= {
        "kept_query": kept,
        "tabs": [
            *_tabs(request, filters.view, at=at),
            *queue_choices.tabs(request.user, query=kept),
        ],
        "may_work": may(request.user, "tickets.work"),
        **_presence(request),
    }
    return render(request, "tickets/staff/index.html", context)


@require_GET
@staff_only("tickets.view")
def board(request: Request) -> HttpResponse:
    """Show what is live side by side, by state; resolved ones of late beside them."""
    at = clock.now()
    mine = tickets.visible_to(request.user)
    states = [*moves.LIVE, moves.RESOLVED]
    columns = []
    for state in states:
        rows = mine.filter(state=state)
        page = queue.page(rows, size=_BOARD_CARDS)
        columns.append(
            {
                "key": state,
                "label": Ticket.State(state).label,
                "count": rows.count(),
                "cards": [words.row(one, at=at) for one in page.rows],
                "all_url": f"{reverse('staff_tickets:index')}?view=every&state={state}",
                "has_more": bool(page.older),
            }
        )
    context = {"columns": columns, "may_work": may(request.user, "tickets.work")}
    return render(request, "tickets/staff/board.html", context)


def _presence(request: Request) -> dict[str, bool]:
    """Tell whether the person is in a team, and away."""
    since = TeamMember.objects.filter(user=request.user).values_list("away_since", flat=True)
    known = list(since)
    return {"is_member": bool(known), "is_away": any(one is not None for one in known)}


def view_of(query: QueryDict) -> str:
    """Return the view an address asks for; everything where it looks for something."""
    name = query.get("view", "")
    if name in queue.VIEWS:
        return name
    return "every" if any(query.get(key) for key in ("q", "customer", "state")) else "all"


def _size(request: Request) -> int:
    size = digits.whole(request.GET.get("size", ""))
    return size if size in SIZES else SIZES[1]


def _tabs(request: Request, current: str, *, at: datetime) -> list[dict[str, object]]:
    counts = queue.counts(tickets.visible_to(request.user), user=request.user, at=at)
    labels = {
        "all": _("All open"),
        "mine": _("Mine"),
        "unassigned": _("Unassigned"),
        "late": _("Due soon or late"),
        "waiting": _("Waiting for customer"),
        "resolved": _("Resolved"),
        "every": _("Everything"),
    }
    return paging.tabs(None, "view", labels.items(), current=current, counts=counts)


def _bulk(request: Request) -> list[dict[str, str]]:
    user = request.user
    is_lead = may(user, "tickets.lead") or Team.objects.filter(lead_id=user.pk).exists()
    if not (is_lead and may(user, "tickets.work")):
        return []
    return [
        {"label": _("Assign"), "url": reverse("staff_tickets:assign-many"), "symbol": "user"},
        {"label": _("Tag"), "url": reverse("staff_tickets:tag-many"), "symbol": "tag"},
        {"label": _("Close as spam"), "url": reverse("staff_tickets:spam-many"), "symbol": "x"},
    ]
