"""A-24, /admin/network/outages/: the list, one outage, and the ticker above every page."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.downloads import csv_file
from ispbill.accounts.http import Request
from ispbill.core import clock, paging
from network.outages.models import Outage
from network.outages.queries import outages as queries
from network.outages.rules import moves
from network.outages.services import telling
from network.outages.views import words

SIZE = 50


@require_GET
@vary_on_headers("HX-Request")
@staff_only("network.view")
def index(request: Request) -> HttpResponse:
    """List outages, the latest first."""
    at, mine = clock.now(), queries.visible_to(request.user)
    view = request.GET.get("view", "every")
    text = request.GET.get("q", "")
    found = queries.found_by(queries.viewed(mine, view), text)
    total = found.count()
    start = paging.start_of(request.GET, total=total)
    rows = list(queries.listed(found)[start : start + SIZE])
    context: dict[str, Any] = {
        "rows": [words.row(one, at=at) for one in rows],
        "q": text,
        "chips": _chips(request, text),
        "pager": paging.numbered(start, size=SIZE, total=total),
        "is_swap": responses.is_fragment(request, "list"),
    }
    if context["is_swap"]:
        return render(request, "network/outages/staff/_rows.html", context)
    context |= {
        "tabs": _tabs(request, view),
        "may_edit": may(request.user, "outages.edit"),
        "may_set": may(request.user, "settings.edit"),
    }
    return render(request, "network/outages/staff/index.html", context)


def _chips(request: Request, text: str) -> list[dict[str, str]]:
    if not text:
        return []
    address = paging.asked_anew(request.GET, "q")
    return [{"label": str(_("Search")), "value": text, "remove_url": address}]


def _tabs(request: Request, current: str) -> list[dict[str, object]]:
    counts = queries.counts(queries.visible_to(request.user))
    labels = {
        "every": _("Everything"),
        "open": _("Open"),
        "proposed": _("Proposed"),
        "planned": _("Planned works"),
        "past": _("Past"),
    }
    return paging.tabs(None, "view", labels.items(), current=current, counts=counts)


@require_GET
@staff_only("network.view")
def export(request: Request) -> HttpResponse:
    """Download the outages of a view with their durations."""
    found = queries.viewed(queries.visible_to(request.user), request.GET.get("view", "every"))
    at = clock.now()
    head = ["number", "title", "state", "severity", "cause", "places", "start", "end", "minutes"]
    rows = (
        [
            one.number,
            one.title,
            one.state,
            one.severity,
            one.cause,
            "; ".join(place.name for place in queries.places(one)),
            one.started_at.isoformat(),
            one.restored_at.isoformat() if one.restored_at else "",
            str(queries.downtime(one, at=at) // 60),
        ]
        for one in queries.listed(found)
    )
    return csv_file("outages", head, rows)


@require_GET
@staff_only("network.view")
def show(request: Request, number: str) -> HttpResponse:
    """Show one outage: how it stands, whom it reaches, its places, what was said."""
    outage = of(request, number)
    at = clock.now()
    context: dict[str, Any] = {
        "outage": outage,
        "row": words.row(outage, at=at),
        "updates": list(outage.updates.select_related("by").order_by("-pk")),
        "may_edit": is_editable(request, outage),
        "told": outage.told.count(),
        "sees_credit": may(request.user, "billing.view"),
        "sees_tickets": may(request.user, "tickets.view"),
        **_doors(outage, at=at),
    }
    if outage.state in moves.SHOWN and context["updates"]:
        last = context["updates"][0]
        context["reach"] = telling.preview(
            outage, at=at, text=last.text, local_text=last.local_text
        )
    return render(request, "network/outages/staff/outage.html", context)


def _doors(outage: Outage, *, at: datetime) -> dict[str, bool]:
    """Tell which steps are possible."""
    restored = outage.restored_at
    return {
        "can_accept": outage.is_proposed,
        "can_post": outage.state in moves.SHOWN,
        "can_resolve": outage.is_open,
        "can_cancel": outage.state in (moves.PROPOSED, moves.SCHEDULED, moves.IN_PROGRESS),
        "can_merge": outage.state in moves.PHASES,
        "can_reopen": outage.state == moves.RESOLVED
        and restored is not None
        and (at - restored).total_seconds() <= 7200
        and outage.credited_at is None,
        "can_add": outage.state in (moves.PROPOSED, *moves.SHOWN),
    }


@require_GET
@staff_only("console.use")
def ticker(request: Request) -> HttpResponse:
    """The line above every page: what is open now."""
    found = list(queries.open_now(request.user)[:4])
    sees = may(request.user, "network.view")
    context = {"outages": [(one, words.title(one)) for one in found], "sees": sees}
    return render(request, "network/outages/staff/_ticker.html", context)


def of(request: Request, number: str) -> Outage:
    """Return an outage in reach by its number."""
    found = queries.visible_to(request.user).select_related(
        "branch", "created_by", "merged_into", "proposed_for"
    )
    return get_object_or_404(
        found.prefetch_related("scopes__area", "scopes__router"), number=number
    )


def is_editable(request: Request, outage: Outage) -> bool:
    """Tell whether the person may take its steps: a branch manager those of the branch."""
    if not may(request.user, "outages.edit"):
        return False
    return queries.editable_by(request.user).filter(pk=outage.pk).exists()
