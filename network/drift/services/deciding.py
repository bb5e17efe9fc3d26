"""What people decide about findings: put right, adopt, ignore, remove; each with a reason."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ispbill.audit.services import events, trail
from ispbill.core import jobs
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from network.drift.models import DriftFinding, DriftLook
from network.drift.services import looking
from network.models import Router
from network.services import desired_states, push, reconcile, strangers
from network.services.differences import Kind

_STATE = DriftFinding.State


@transaction.atomic
def apply(*, look: DriftLook, fix: Iterable[int] = (), adopt: Iterable[int] = (), act: Act) -> int:
    """Have the router put right as a plan says; return how many findings that concerns.

    The push tells the router what each line wants when it gets there, so a newer wish wins.
    Raises Stale for a plan that is old or was overtaken, ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    _check_fresh(look, at=act.at)
    fixed = _chosen(look.router_id, fix).exclude(line=None).exclude(kind=Kind.NOT_OURS.value)
    adopted = _chosen(look.router_id, adopt).filter(kind=Kind.NOT_OURS.value).exclude(line=None)
    lines = [list(rows.values_list("line_id", flat=True)) for rows in (fixed, adopted)]
    count = len(lines[0]) + len(lines[1])
    if not count:
        return 0
    reconcile.fix(router=look.router, line_ids=lines[0], adopted_line_ids=lines[1], act=act)
    _ask(fixed, _STATE.FIXED, act)
    _ask(adopted, _STATE.ADOPTED, act)
    verify_later(look.router_id)
    return count


@transaction.atomic
def ignore(*, finding: DriftFinding, act: Act) -> None:
    """Say nothing more of a finding until the router's row changes."""
    act = trail.begin_with_reason(act=act)
    row = _locked(finding)
    row.state, row.asked = _STATE.IGNORED, ""
    _decided(row, act)
    _tell(row, "router.drift_ignored", act)


@transaction.atomic
def ask_removal(*, finding: DriftFinding, typed: str, act: Act) -> None:
    """Have a user that is not ours taken off the router; its name is typed to be sure."""
    act = trail.begin_with_reason(act=act)
    row = _locked(finding)
    if row.kind != Kind.EXTRA.value:
        raise DomainError(_("Only a user that is not known to us can be removed."))
    if typed != row.name:
        raise DomainError(_("Type the user's name as it stands there."))
    row.asked = _STATE.REMOVED
    _decided(row, act)
    _tell(row, "router.user_removed", act)
    jobs.after_commit("network.remove_stranger", finding_id=row.pk)


def remove_stranger(*, finding_id: int, now: Callable[[], datetime]) -> None:
    """Take an unknown user off the router, unless its row has changed since it was shown."""
    finding = (
        DriftFinding.objects.select_related("router")
        .filter(pk=finding_id, state=_STATE.OPEN, asked=_STATE.REMOVED)
        .first()
    )
    if finding is None:
        return
    why = f"{finding.decided_by_name}: {finding.reason}"
    strangers.remove(
        router=finding.router,
        menu=finding.menu,
        name=finding.name,
        shown=finding.actual,
        why=why,
        at=now(),
    )
    looking.look(router=finding.router, actor=None, at=now())


def verify_later(router_id: int) -> None:
    """Let a worker push what is asked for and read the router again."""
    jobs.after_commit("network.verify_drift", router_id=router_id)


def verify(*, router_id: int, now: Callable[[], datetime]) -> None:
    """Push what waits for a router, then compare again: what was put right is over."""
    router = Router.objects.filter(pk=router_id, is_enabled=True, archived_at=None).first()
    if router is None:
        return
    push.push_router(router_id=router_id, now=now)
    looking.look(router=router, actor=None, at=now())


def _check_fresh(look: DriftLook, *, at: datetime) -> None:
    newest = DriftLook.objects.filter(router=look.router_id, error="").order_by("-pk").first()
    is_overtaken = newest is not None and newest.digest != look.digest
    if look.error or is_overtaken or at > look.at + looking.PLAN_GOOD_FOR:
        raise Stale(
            _("This plan is older than a quarter of an hour, or was overtaken. Compare again.")
        )


def _chosen(router_id: int, ids: Iterable[int]) -> QuerySet[DriftFinding]:
    return DriftFinding.objects.filter(router=router_id, state=_STATE.OPEN, pk__in=list(ids))


def _ask(rows: QuerySet[DriftFinding], what: str, act: Act) -> None:
    rows.update(
        asked=what,
        decided_at=act.at,
        decided_by_name=desired_states.name_of(act.actor),
        reason=act.reason,
    )


def _locked(finding: DriftFinding) -> DriftFinding:
    row = DriftFinding.objects.select_for_update(no_key=True).get(pk=finding.pk)
    if row.state not in (_STATE.OPEN, _STATE.IGNORED):
        raise Stale(_("This is over already."))
    return row


def _decided(row: DriftFinding, act: Act) -> None:
    row.decided_at, row.reason = act.at, act.reason
    row.decided_by_name = desired_states.name_of(act.actor)
    row.save()


def _tell(row: DriftFinding, action: str, act: Act) -> None:
    events.record(
        act=act, action=action, target=row.router, after={"user": row.name, "was": row.actual}
    )
