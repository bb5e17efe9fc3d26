"""What happens by itself: silent routers are proposed and withdrawn, works begin by the clock.

Called every minute; called twice it changes nothing the second time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from ispbill.core.acts import Act
from network.models import Access, Router, RouterSilence
from network.outages.models import Outage, OutageSettings
from network.outages.rules import moves
from network.outages.services import desk, opening

BACK_FOR = timedelta(minutes=5)
ACCOUNTING_LATELY = timedelta(minutes=10)  # updates come every five
_HALF = 2


@dataclass
class Watched:
    """What a look has come to."""

    proposed: int = 0
    withdrawn: int = 0
    begun: int = 0
    is_our_own: bool = False
    """More than half of the routers are silent: it is our own connection."""


def watch(*, at: datetime) -> Watched:
    """Propose, withdraw and begin what is due."""
    found = Watched()
    act = Act(None, at)
    found.is_our_own = is_our_own_connection()
    if not found.is_our_own:
        for silence in _silent(at):
            made = opening.propose(router=silence.router, since=silence.since, act=act)
            found.proposed += made is not None
    found.withdrawn = _withdraw(at=at)
    found.begun = _begin(at=at)
    return found


def is_our_own_connection() -> bool:
    """Tell whether more than half of the routers in use are silent at once (of two or more)."""
    in_use = Router.objects.filter(is_enabled=True, archived_at=None)
    count = in_use.count()
    silent = in_use.filter(silences__until=None, silences__isnull=False).distinct().count()
    return count > 1 and silent * _HALF > count


def _silent(at: datetime) -> list[RouterSilence]:
    """Return silences that are long enough, of routers in use that have lines.

    A router whose RADIUS accounting arrives serves its lines, whatever its API does.
    """
    after = timedelta(minutes=OutageSettings.current().propose_after_minutes)
    open_lines = Access.objects.filter(desired_state=Access.State.OPEN).values("router_id")
    found = RouterSilence.objects.filter(
        until=None,
        since__lte=at - after,
        router__is_enabled=True,
        router__archived_at=None,
        router__in=open_lines,
    ).exclude(router__radius__heard_at__gte=at - ACCOUNTING_LATELY)
    return list(found.select_related("router").order_by("since", "pk"))


@transaction.atomic
def _withdraw(*, at: datetime) -> int:
    """Cancel proposals all of whose routers have answered for five minutes."""
    silent = RouterSilence.objects.filter(until=None).values("router_id")
    just_back = RouterSilence.objects.filter(until__gt=at - BACK_FOR).values("router_id")
    found = (
        Outage.objects.filter(state=moves.PROPOSED, proposed_for__isnull=False)
        .exclude(scopes__router__in=silent)
        .exclude(scopes__router__in=just_back)
        .order_by("pk")
    )
    act = Act(None, at)
    for one in list(found):
        outage = desk.begin(one, act=act)
        if outage.state != moves.PROPOSED:
            continue
        desk.go(outage, moves.CANCELLED)
        outage.save(update_fields=["state"])
        desk.note(outage, "withdrawn", act=act, before={"state": moves.PROPOSED})
    return len(found)


@transaction.atomic
def _begin(*, at: datetime) -> int:
    """Let announced works begin at their hour; they end when somebody says so."""
    act = Act(None, at)
    due = Outage.objects.filter(state=moves.SCHEDULED, started_at__lte=at).order_by("pk")
    count = 0
    for one in list(due):
        outage = desk.begin(one, act=act)
        if outage.state == moves.SCHEDULED:
            desk.go(outage, moves.IN_PROGRESS)
            outage.save(update_fields=["state"])
            desk.note(outage, "began", act=act)
            count += 1
    return count
