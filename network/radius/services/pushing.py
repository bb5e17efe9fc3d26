"""Bring the lines of a router that asks RADIUS to what we want of them.

Whoever signs on is answered by the wish itself (`guards/radcheck.sql`, `radreply.sql`), from the
moment it was written. What is left is the password, a local user of the same name, and a session
that runs by the old wish: it is told, with no transaction open, and an acknowledgement proves
nothing before accounting does (`services.taking`).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Now

from ispbill.core import locks
from ispbill.core.crypto import Unreadable
from ispbill.core.jobs import enqueue
from network.models import Access, Method, Router
from network.queries import unsettled
from network.radius.gateways.dynamic import WAITS
from network.radius.models import RadiusNas, RadiusSession, RadiusUser
from network.radius.services import keys, taking
from network.radius.services.telling import Outcome, Teller, Told
from network.services import local_users, settling
from network.services import sessions as seen
from network.services.lines import password_of
from network.services.settling import Refused, Settled

BATCH = 500
MOST_BATCHES = 400
# An update comes every five minutes; twice that without any, and the session is told again.
PROOF_WITHIN = timedelta(minutes=10)
_DONE = (Outcome.NOTHING, Outcome.GONE)


def push_router(
    *, router_id: int, now: Callable[[], datetime], waits: Sequence[float] = WAITS
) -> None:
    """Settle a router's lines; return at once where another worker is at it, or none are due.

    What accounting has told meanwhile is taken first: a session nobody knows of is told nothing.
    """
    if not RadiusNas.objects.filter(router=router_id).exists():
        return
    taking.take_all(at=now())
    for _turn in range(MOST_BATCHES):
        if not unsettled.due_lines(router_id, by_radius=True).exists():
            return
        with locks.only_one(f"radius:{router_id}") as is_ours:
            nas = RadiusNas.objects.select_related("router").filter(router=router_id).first()
            if not is_ours or nas is None or not _is_in_use(nas.router):
                return
            _settle(nas, now=now, waits=waits)


def note_local_users(line_ids: Collection[int]) -> None:
    """Note that a router was seen with users of these lines of its own; a push removes them."""
    RadiusUser.objects.filter(line__in=line_ids).update(is_alone=False)


def enqueue_routers() -> int:
    """Queue each router that asks RADIUS and has lines due; return how many."""
    due = Access.objects.exclude(generation=F("confirmed_generation")).exclude(
        next_attempt_at__gt=Now()
    )
    routers = Router.objects.filter(
        uses_radius=True,
        is_enabled=True,
        archived_at=None,
        pk__in=due.filter(is_on_hold=False, method=Method.PPPOE).values("router_id"),
    )
    ids = sorted(routers.values_list("pk", flat=True))
    for router_id in ids:
        enqueue("network.push_radius", router_id=router_id)
    return len(ids)


def _is_in_use(router: Router) -> bool:
    return router.is_enabled and router.archived_at is None


def _settle(nas: RadiusNas, *, now: Callable[[], datetime], waits: Sequence[float]) -> None:
    """One batch: write passwords, tell sessions, clear local users, write down what became."""
    lines = list(unsettled.due_lines(nas.router_id, by_radius=True)[:BATCH])
    users, refused = _users(lines)
    sessions = _sessions(users, router_id=nas.router_id)
    with Teller(nas, waits=waits) as teller:
        told = {
            line.pk: teller.tell(line, users[line.pk], sessions[line.pk])
            for line in lines
            if line.pk in users
        }
    shadows = [one for one in lines if one.pk in users and not users[one.pk].is_alone]
    errors = local_users.remove(router=nas.router, lines=shadows)
    at = now()
    settled, waiting = [], []
    for line in lines:
        if line.pk not in users:
            continue
        error = errors.get(line.pk, "") or _error(told[line.pk])
        if error:
            refused.append(Refused(line=line, generation=line.generation, error=error))
        elif told[line.pk].outcome in _DONE:
            settled.append(_settled(line, told[line.pk].outcome.value))
        else:
            waiting.append(line)
    alone = [line.pk for line in shadows if not errors.get(line.pk)]
    RadiusUser.objects.filter(line__in=alone).update(is_alone=True)
    _await_proof(waiting, told, at=at)
    settling.confirm(settled, router_id=nas.router_id, at=at)
    seen.note_customers({one.line.customer_id for one in settled}, at=at)
    settling.refuse(refused, router_id=nas.router_id, at=at)


def _settled(line: Access, result: str) -> Settled:
    """Return a line's present wish as fulfilled."""
    return Settled(
        line=line, generation=line.generation, profile=line.desired_profile, result=result
    )


def _error(told: Told) -> str:
    return told.detail if told.outcome in (Outcome.REFUSED, Outcome.SILENT) else ""


def _users(lines: Sequence[Access]) -> tuple[dict[int, RadiusUser], list[Refused]]:
    """Return each line's sign-on with its password up to date, and those that cannot have one."""
    known = {user.line_id: user for user in RadiusUser.objects.filter(line__in=lines)}
    refused = []
    for line in lines:
        user = known.get(line.pk) or RadiusUser(line=line, is_alone=not line.confirmed_generation)
        is_removed = line.desired_state == Access.State.REMOVED
        try:
            _renew(user, line)
        except Unreadable:
            refused.append(_for_good(line, "the stored password cannot be read"))
            known.pop(line.pk, None)
            continue
        if not user.secret and not is_removed:
            refused.append(_for_good(line, "its password is not known: set one"))
            known.pop(line.pk, None)
            continue
        known[line.pk] = user
    return known, refused


def _renew(user: RadiusUser, line: Access) -> None:
    """Keep a password that is newer than the one FreeRADIUS has."""
    if user.pk is not None and user.password_generation >= line.password_generation:
        return
    user.secret = keys.seal(password_of(line)) if line.sealed_password else ""
    user.password_generation = line.password_generation
    user.save()


def _for_good(line: Access, error: str) -> Refused:
    return Refused(line=line, generation=line.generation, error=error, is_final=True)


def _sessions(users: dict[int, RadiusUser], *, router_id: int) -> dict[int, list[RadiusSession]]:
    found: dict[int, list[RadiusSession]] = defaultdict(list)
    rows = RadiusSession.objects.filter(line__in=users, router=router_id, ended_at=None)
    for one in rows.order_by("pk"):
        found[one.line_id].append(one)
    return found


@transaction.atomic
def _await_proof(lines: Sequence[Access], told: dict[int, Told], *, at: datetime) -> None:
    """Note what was acknowledged, and leave these lines alone until accounting tells more."""
    for line in sorted(lines, key=lambda one: one.pk):
        RadiusUser.objects.filter(line=line).update(
            told_generation=line.generation, told_at=at, was_disconnected=told[line.pk].is_end
        )
        Access.objects.filter(pk=line.pk, generation=line.generation).update(
            next_attempt_at=Now() + Value(PROOF_WITHIN), last_error=""
        )
