"""Compare a router with what we want there, keep what differs, and mend what is ours.

A look reads everything and changes nothing on the router. What it finds is kept as findings with
their history; a plan is the latest look's open findings, for a quarter of an hour. The router is
brought right by the push alone (`network.services.reconcile.fix`), in its safe order and verified
by reading back; the look after it says whether it is.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from ispbill.core import jobs, live, locks
from ispbill.core.actors import Actor
from ispbill.core.acts import Act
from network.drift.models import DriftFinding, DriftLook
from network.drift.rules import limits
from network.models import Access, Router
from network.queries import unsettled
from network.radius.services import pushing
from network.services import desired_states, push, reconcile
from network.services.differences import Difference, Kind

PLAN_GOOD_FOR = timedelta(minutes=15)
LOOKS_KEPT = timedelta(days=90)  # findings stay: they are the history
REASON = "Found by the hourly comparison with the router"
_STATE = DriftFinding.State
_LIVING = (_STATE.OPEN, _STATE.IGNORED)
# What a repair of these kinds does may cut somebody off.
_CLOSING = (Kind.STILL_THERE, Kind.STILL_ONLINE)


def look(*, router: Router, actor: Actor | None, at: datetime) -> DriftLook:
    """Compare now and keep what was found; never raises for a router that does not answer."""
    seen = reconcile.sync(router=router, is_dry_run=True, actor=actor, now=lambda: at)
    if seen.error:
        return DriftLook.objects.create(
            router=router, at=at, by_name=desired_states.name_of(actor), error=seen.error[:300]
        )
    # What the router is about to be told is no drift; a user of that name made by hand never is.
    found = [one for one in seen.found if not one.is_pending or one.kind is Kind.NOT_OURS]
    return keep(router=router, found=found, actor=actor, at=at)


@transaction.atomic
def keep(
    *, router: Router, found: Sequence[Difference], actor: Actor | None, at: datetime
) -> DriftLook:
    """Write down what a whole comparison found: new, still there, changed, and over."""
    locks.hold(f"network.drift:{router.pk}")
    if router.uses_radius:
        shadows = [one for one in found if one.kind is Kind.STILL_THERE and not one.menu]
        local = [one.line_id for one in shadows if one.line_id]
        pushing.note_local_users(local)
    living = {
        (row.kind, row.menu, row.name): row
        for row in DriftFinding.objects.select_for_update(no_key=True).filter(
            router=router, state__in=_LIVING
        )
    }
    seen = {(one.kind.value, one.menu, one.name): one for one in found}
    for key, difference in seen.items():
        row = living.get(key)
        if row is None:
            _begin(router, difference, at=at)
        else:
            _go_on(row, difference, at=at)
    for key, row in living.items():
        if key not in seen:
            _end(row, at=at)
    live.changed("router")
    return DriftLook.objects.create(
        router=router,
        at=at,
        by_name=desired_states.name_of(actor),
        digest=_digest(found),
        lines=_lines(router),
        found=len(seen),
    )


def hourly(*, router: Router, now: Callable[[], datetime]) -> DriftLook:
    """Look, mend what is ours within the limits, and look again when something was mended."""
    DriftLook.objects.filter(router=router, at__lt=now() - LOOKS_KEPT).delete()
    first = look(router=router, actor=None, at=now())
    if first.error:
        return first
    mendable = list(
        DriftFinding.objects.filter(router=router, state=_STATE.OPEN, line__isnull=False).exclude(
            kind=Kind.NOT_OURS.value
        )
    )
    if not mendable:
        return first
    closing = [one for one in mendable if _closes(one)]
    if not limits.may_close_alone(len(closing), lines=first.lines):
        DriftLook.objects.filter(pk=first.pk).update(waits_for="too many")
        return first
    act = Act(None, now(), reason=REASON)
    reconcile.fix(router=router, line_ids=_line_ids(mendable), act=act)
    DriftFinding.objects.filter(pk__in=[one.pk for one in mendable]).update(
        asked=_STATE.FIXED, decided_at=act.at, decided_by_name="system", reason=REASON
    )
    push.push_router(router_id=router.pk, now=now)
    DriftLook.objects.filter(pk=first.pk).update(mended=len(mendable))
    return look(router=router, actor=None, at=now())


def hourly_all() -> int:
    """Queue every router that may be called, each for itself; return how many there are."""
    ids = list(unsettled.callable_routers().values_list("pk", flat=True))
    for pk in ids:
        jobs.enqueue("network.compare_router", router_id=pk)
    return len(ids)


def compare_one(*, router_id: int, now: Callable[[], datetime]) -> None:
    """Look at one router as every hour; nothing when it is not to be called now."""
    router = unsettled.callable_routers().filter(pk=router_id).first()
    if router is not None:
        hourly(router=router, now=now)


def _begin(router: Router, difference: Difference, *, at: datetime) -> None:
    DriftFinding.objects.create(
        router=router,
        line_id=difference.line_id,
        kind=difference.kind.value,
        menu=difference.menu,
        name=difference.name[:120],
        wanted=difference.wanted[:300],
        actual=difference.actual[:300],
        first_seen_at=at,
        last_seen_at=at,
    )


def _go_on(row: DriftFinding, difference: Difference, *, at: datetime) -> None:
    """Still there: an ignored one whose row on the router has changed is open again."""
    row.last_seen_at = max(at, row.last_seen_at)
    if row.actual != difference.actual[:300] and row.state == _STATE.IGNORED:
        row.state = _STATE.OPEN
    row.line_id = difference.line_id
    row.wanted, row.actual = difference.wanted[:300], difference.actual[:300]
    row.save()


def _end(row: DriftFinding, *, at: datetime) -> None:
    row.state = row.asked or _STATE.GONE
    row.over_at = max(at, row.last_seen_at)
    row.save(update_fields=["state", "over_at"])


def _closes(finding: DriftFinding) -> bool:
    if finding.kind in {kind.value for kind in _CLOSING}:
        return True
    line = finding.line
    return (
        finding.kind == Kind.WRONG_STATE.value
        and line is not None
        and line.desired_state != Access.State.OPEN
    )


def _line_ids(findings: Iterable[DriftFinding]) -> list[int]:
    return sorted({one.line_id for one in findings if one.line_id is not None})


def _lines(router: Router) -> int:
    return Access.objects.filter(router=router).exclude(desired_state="REMOVED").count()


def _digest(found: Sequence[Difference]) -> str:
    rows = sorted((one.kind.value, one.menu, one.name, one.wanted, one.actual) for one in found)
    return sha256(repr(rows).encode()).hexdigest()
