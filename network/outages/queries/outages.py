"""Outages as staff find them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from customers.models import Area
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from network.models import Router
from network.outages.models import Outage, OutageScope
from network.outages.rules import moves

VIEWS = ("open", "proposed", "planned", "past", "every")


def visible_to(user: User) -> QuerySet[Outage]:
    """Return the outages a member of staff may see; one branch's people also those of all."""
    branch = branch_scope(user)
    found = Outage.objects.all()
    return found if branch is None else found.filter(Q(branch=branch) | Q(branch__isnull=True))


def editable_by(user: User) -> QuerySet[Outage]:
    """Return those whose steps a member of staff may take, capability granted: of the own scope."""
    branch = branch_scope(user)
    return Outage.objects.all() if branch is None else Outage.objects.filter(branch=branch)


def viewed(found: QuerySet[Outage], view: str) -> QuerySet[Outage]:
    """Narrow outages to one of `VIEWS`."""
    states: dict[str, Sequence[str]] = {
        "open": moves.OPEN,
        "proposed": (moves.PROPOSED,),
        "planned": (moves.SCHEDULED, moves.IN_PROGRESS),
        "past": (moves.RESOLVED, moves.COMPLETED, moves.CANCELLED, moves.MERGED),
    }
    return found.filter(state__in=states[view]) if view in states else found


def counts(found: QuerySet[Outage]) -> dict[str, int]:
    """Return how many outages the views of present ones hold."""
    named: dict[str, int] = found.aggregate(
        open=Count("pk", filter=Q(state__in=moves.OPEN)),
        proposed=Count("pk", filter=Q(state=moves.PROPOSED)),
        planned=Count("pk", filter=Q(state__in=(moves.SCHEDULED, moves.IN_PROGRESS))),
    )
    return named


def found_by(found: QuerySet[Outage], text: str) -> QuerySet[Outage]:
    """Narrow outages by number, title or place."""
    text = text.strip()
    if not text:
        return found
    return found.filter(
        Q(number__icontains=text)
        | Q(title__icontains=text)
        | Q(local_title__icontains=text)
        | Q(scopes__area__name__icontains=text)
        | Q(scopes__router__name__icontains=text)
    ).distinct()


def listed(found: QuerySet[Outage]) -> QuerySet[Outage]:
    """Return outages, the latest first, with their places."""
    return (
        found.select_related("branch", "proposed_for")
        .prefetch_related("scopes__area", "scopes__router")
        .order_by("-started_at", "-pk")
    )


@dataclass(frozen=True)
class Place:
    """A place of an outage in words, from when to when (None: still)."""

    scope: OutageScope
    name: str
    is_router: bool


def places(outage: Outage) -> list[Place]:
    """Return where an outage is, areas first."""
    scopes = list(outage.scopes.all())
    named = [
        Place(
            one,
            one.area.name if one.area else one.router.name if one.router else "",
            one.router_id is not None,
        )
        for one in scopes
    ]
    return sorted(named, key=lambda one: (one.is_router, one.name))


def present(user: User, branch_id: int | None = None) -> QuerySet[Outage]:
    """Return what is proposed, open or planned."""
    found = visible_to(user).filter(state__in=(moves.PROPOSED, *moves.SHOWN))
    if branch_id is not None:
        found = found.filter(Q(branch=branch_id) | Q(branch__isnull=True))
    return found


def open_now(user: User, branch_id: int | None = None) -> QuerySet[Outage]:
    """Return what is open, the oldest first: for the ticker and tiles."""
    found = visible_to(user).filter(state__in=moves.OPEN)
    if branch_id is not None:
        found = found.filter(Q(branch=branch_id) | Q(branch__isnull=True))
    return found.order_by("started_at", "pk")


def only_branch(areas: Sequence[Area], routers: Sequence[Router]) -> int | None:
    """Return the branch that all places belong to, or None when they are of several."""
    branches = {one.branch_id for one in areas} | {one.branch_id for one in routers}
    return branches.pop() if len(branches) == 1 else None


def downtime(outage: Outage, *, at: datetime) -> int:
    """Return how many seconds an outage lasts or lasted."""
    return max(0, int(((outage.restored_at or at) - outage.started_at).total_seconds()))
