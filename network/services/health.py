"""What we know of a router: on line or not, since when, and when to try again.

A router that fails is left alone for a while (`next_attempt_at`), whatever is queued meanwhile;
that wait is real time by the database's clock, which the simulated business clock does not move.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest, Now
from django.urls import reverse

from ispbill.accounts.models import User
from ispbill.core import live, locks
from ispbill.notifications.services import bell
from ispbill.notifications.services.job_alarms import TOLD
from network.gateways.base import ActiveRow, InterfaceRow, Resource, RouterError
from network.gateways.line_rows import Lease, Metered
from network.gateways.operations import RouterGateway
from network.models import Access, Method, Router, RouterLog, RouterSilence
from network.rules import patience
from network.services import connections, recording, sessions

# A refusal that only a person can mend is still looked at now and then: they may mend it there.
_ON_HOLD_WAIT = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a router told at `at`; its counters (`interfaces`) only where they were asked for.

    They are read after the sessions: a counter may be of a session that began in between.
    `hotspot`, `queues` and `leases` are read where the router's lines are made of them.
    """

    router: Router
    resource: Resource
    sessions: Sequence[ActiveRow]
    interfaces: Sequence[InterfaceRow]
    at: datetime
    hotspot: Sequence[Metered] = ()
    queues: Sequence[Metered] = ()
    leases: Sequence[Lease] = ()


def check_router(*, router_id: int, now: Callable[[], datetime]) -> bool:
    """Ask a router how it is and who is on line, and note both; return whether it answered."""
    return ask_router(router_id=router_id, now=now) is not None


def ask_router(
    *, router_id: int, now: Callable[[], datetime], with_counters: bool = False
) -> Answer | None:
    """Ask a router how it is and who is on line, note both, and return what it said.

    Returns None at once when somebody else is talking to it, or while it is being left alone.
    """
    router = enabled_and_due(router_id)
    if router is None:
        return None
    with locks.only_one(lock_name(router_id)) as is_ours:
        if not is_ours:
            return None
        try:
            with connections.open_router(router) as link:
                answer = _asked(link, router, now, with_counters=with_counters)
                answers = recording.ask(link, router=router, at=answer.at)
        except RouterError as error:
            note_failure(router=router, error=error, at=now())
            return None
        note_answer(router=router, at=answer.at, resource=answer.resource)
        sessions.note(router_id=router_id, seen=_on_line(answer), at=answer.at)
        recording.keep(router=router, answers=answers, at=answer.at)
        return answer


def _asked(
    link: RouterGateway, router: Router, now: Callable[[], datetime], *, with_counters: bool
) -> Answer:
    """Read what the methods of the router's lines tell of who is on line."""
    living = Access.objects.filter(router=router).exclude(desired_state=Access.State.REMOVED)
    methods = set(living.values_list("method", flat=True).distinct())
    has_queues = bool(methods & {Method.QUEUE, Method.DHCP})
    resource, online = link.resource(), link.actives()
    interfaces = link.interfaces() if with_counters else []
    hotspot = link.hotspot_meters() if Method.HOTSPOT in methods else []
    leases = link.leases() if Method.DHCP in methods else []
    queues = link.queue_meters() if has_queues and with_counters else []
    return Answer(
        router=router,
        resource=resource,
        sessions=online,
        interfaces=interfaces,
        at=now(),
        hotspot=hotspot,
        queues=queues,
        leases=leases,
    )


def _on_line(answer: Answer) -> sessions.OnLine:
    """Return who the router says is on line, by what tells it for each method."""
    return sessions.OnLine(
        logins={row.name for row in answer.sessions},
        hotspot={row.name for row in answer.hotspot},
        macs={lease.caller_id.upper() for lease in answer.leases if lease.is_bound},
    )


def enabled_and_due(router_id: int) -> Router | None:
    """Return the router when it may be called now."""
    return (
        Router.objects.filter(pk=router_id, is_enabled=True, archived_at=None)
        .exclude(next_attempt_at__gt=Now())
        .first()
    )


def lock_name(router_id: int) -> str:
    """Return the name under which one worker at a time talks to a router."""
    return f"router:{router_id}"


@transaction.atomic
def note_answer(*, router: Router, at: datetime, resource: Resource | None = None) -> None:
    """Note that the router answered, and what it told of itself."""
    values: dict[str, object] = {
        "status": Router.Status.ONLINE,
        "status_note": "",
        "last_seen_at": at,
        "failures_in_a_row": 0,
        "silent_since": None,
        "next_attempt_at": None,
    }
    if resource is not None:
        values |= {
            "identity": resource.identity[:60],
            "version": resource.version[:40],
            "uptime_seconds": resource.uptime_seconds,
            "cpu_percent": max(0, min(resource.cpu_load, 100)),
        }
    before = _log_change(router, Router.Status.ONLINE, at=at, note="")
    _end_silence(before, at=at)
    Router.objects.filter(pk=router.pk).update(**values)


def note_failure(*, router: Router, error: RouterError, at: datetime) -> None:
    """Note what went wrong and leave the router alone for a while.

    What only a person can mend (login, rights, certificate, address) puts it on hold.
    """
    _note_failure(router=router, error=error, at=at)
    sessions.forget(router_id=router.pk, at=at)


@transaction.atomic
def _note_failure(*, router: Router, error: RouterError, at: datetime) -> None:
    is_on_hold = not error.is_temporary
    status = Router.Status.ON_HOLD if is_on_hold else Router.Status.OFFLINE
    note = str(error)[:300]
    before = _log_change(router, status, at=at, note=note)
    failures = before.failures_in_a_row + 1
    if is_on_hold:
        _end_silence(before, at=at)
    wait = _ON_HOLD_WAIT if is_on_hold else patience.wait(failures, chance=random.random())  # noqa: S311
    Router.objects.filter(pk=router.pk).update(
        status=status,
        status_note=note,
        failures_in_a_row=failures,
        next_attempt_at=Now() + Value(wait),
        silent_since=None if is_on_hold else _silence(before, at=at),
    )


def _silence(router: Router, *, at: datetime) -> datetime:
    """Return since when a locked router is silent; the second failure makes it a silence."""
    since = router.silent_since
    if since is None:
        return at
    if router.failures_in_a_row:
        silence, is_new = RouterSilence.objects.get_or_create(
            router=router, until=None, defaults={"since": since}
        )
        if is_new:
            _ring(router, fact=f"{silence.pk}", at=at)
    return since


def _ring(router: Router, *, fact: str, at: datetime) -> None:
    """Tell those who look after the network on the devices they have switched on."""
    page = settings.PUBLIC_URL + reverse("staff_network:router", args=[router.pk])
    people = User.objects.filter(role__in=TOLD, is_active=True)
    context = {"router": router.name, "page_url": page}
    bell.ring(people, event="router_down", context=context, fact=fact, at=at)


def _end_silence(router: Router, *, at: datetime) -> None:
    """A locked router that answers, if only with a refusal, is not silent (any more)."""
    if router.silent_since is None:
        return
    RouterSilence.objects.filter(router=router, until=None).update(until=Greatest("since", at))


def _log_change(router: Router, status: str, *, at: datetime, note: str) -> Router:
    """Write the router's log when its status becomes another; return it as it was, locked."""
    before = Router.objects.select_for_update(no_key=True).get(pk=router.pk)
    live.changed("router")
    if (before.status, before.status_note) != (status, note):
        RouterLog.objects.create(
            router=router,
            at=at,
            action=status.lower(),
            is_ok=status == Router.Status.ONLINE,
            error=note,
        )
    return before
