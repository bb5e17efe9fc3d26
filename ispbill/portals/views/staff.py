"""/admin/ itself: the first page of each role, whose parts load one by one."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from billing.ledger.views.answers import chosen_branch
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.portals import navigation
from ispbill.portals.views import home_money, home_people, home_sentences
from ispbill.reports.queries import setup

log = logging.getLogger(__name__)

Context = dict[str, Any]
_R = User.Role


@dataclass(frozen=True)
class Tile:
    """A part of a first page: who sees it, what it is reckoned from, what draws it."""

    name: str
    label: str | Promise
    capability: str
    context: Callable[[Request, date, int | None], Context]
    template: str = ""

    @property
    def path(self) -> str:
        return f"staff/home/_{self.template or self.name}.html"


@dataclass(frozen=True)
class Home:
    """The first page of a role: the sentence's tellers, worst first, and the parts under it."""

    sentence: tuple[home_sentences.Teller, ...]
    tiles: tuple[str, ...]


_OWNER = Home(
    (home_sentences.late, home_sentences.outage, home_sentences.open_day),
    ("cash", "coming", "ageing", "course", "lines", "bridge", "leaving", "work"),
)
# Which first page a role has. A cashier works at the desk and is sent there.
HOMES = {
    _R.OWNER: _OWNER,
    _R.BRANCH_MANAGER: _OWNER,
    _R.BILLING: _OWNER,
    _R.AUDITOR: _OWNER,
    _R.SUPPORT: Home(
        (home_sentences.outage, home_sentences.late), ("work", "calls", "paid_today", "lines")
    ),
    _R.NOC: Home(
        (home_sentences.outage, home_sentences.up),
        ("outages", "routers", "queue", "traffic", "work"),
    ),
    _R.SALES: Home((home_sentences.follow_ups,), ("follow_ups", "leaving", "pipeline", "work")),
}
_SENT_TO = {_R.CASHIER: "staff_payments:cash-desk"}


@staff_only("console.use")
@require_GET
def dashboard(request: Request) -> HttpResponse:
    """A-01: what needs me today, by what I do here."""
    role = _R(request.user.role)
    if role in _SENT_TO:
        return redirect(_SENT_TO[role])
    tiles = {tile.name: tile for tile in TILES}
    steps = setup.steps() if may(request.user, "settings.view") else []
    context = {
        "role": role.lower(),
        "sentence": tiles["sentence"],
        "tiles": [
            tiles[name] for name in HOMES[role].tiles if may(request.user, tiles[name].capability)
        ],
        "steps": [
            {"label": step.label, "is_done": step.is_done, "url": navigation.address(step.url_name)}
            for step in steps
        ]
        if any(not step.is_done for step in steps)
        else [],
    }
    return render(request, "staff/home/index.html", context)


@staff_only("console.use")
@require_GET
def tile(request: Request, name: str) -> HttpResponse:
    """One part of a first page; a slow or broken one holds up no other."""
    found = next((tile for tile in TILES if tile.name == name), None)
    if found is None:
        raise Http404
    if not may(request.user, found.capability):
        raise PermissionDenied
    context: Context = {"tile": found, "at": clock.now()}
    try:
        with transaction.atomic():
            context |= found.context(request, clock.today(), chosen_branch(request))
        template = found.path
    except DatabaseError:
        log.exception("dashboard tile failed", extra={"tile": name})
        template = "staff/home/_failed.html"
    if not request.htmx:
        context["part"] = template
        template = "staff/home/alone.html"
    response = render(request, template, context)
    return responses.varied(response)


def _sentence(request: Request, on: date, branch_id: int | None) -> Context:
    home = HOMES.get(_R(request.user.role))
    tellers = home.sentence if home is not None else ()
    return {"sentence": home_sentences.first(tellers, request, on, branch_id)}


TILES = (
    Tile("sentence", _("What matters now"), "console.use", _sentence),
    Tile("cash", _("Cash in by day"), "reports.view", home_money.cash, "figure"),
    Tile("coming", _("Cash of the next 14 days"), "reports.view", home_money.expected, "figure"),
    Tile("ageing", _("Late money by age"), "reports.view", home_money.ageing),
    Tile("course", _("Collection of the month"), "reports.view", home_money.course, "figure"),
    Tile("bridge", _("Recurring revenue a month"), "reports.view", home_money.bridge, "figure"),
    Tile("lines", _("Lines up"), "network.view", home_people.lines),
    Tile("work", _("Waits for you"), "console.use", home_people.work),
    Tile("outages", _("Outages"), "network.view", home_people.outages),
    Tile("routers", _("Routers"), "network.view", home_people.routers),
    Tile("traffic", _("Traffic of the last day"), "network.view", home_people.traffic, "figure"),
    Tile("queue", _("Lines not confirmed"), "network.view", home_people.queue),
    Tile("calls", _("To call"), "billing.view", home_people.calls),
    Tile("paid_today", _("Paid today"), "payments.view", home_people.paid_today),
    Tile("follow_ups", _("Follow-ups"), "leads.view", home_people.follow_ups),
    Tile("leaving", _("May leave"), "churn.view", home_people.leaving),
    Tile("pipeline", _("Leads by stage"), "leads.view", home_people.pipeline, "figure"),
)
