"""Read the counters of all of a router's lines at once, and count them."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from ispbill.core import live
from ispbill.core.jobs import enqueue
from network.queries import unsettled
from network.services import health, sessions
from network.services.health import Answer
from network.usage.services import ingest
from network.usage.services.ingest import Seen, Tally


def poll_router(*, router_id: int, now: Callable[[], datetime]) -> Tally | None:
    """Ask one router and count what it says; None when it was not, or did not answer.

    Asking also notes how the router is and who is on line (`network.services.health`).
    """
    answer = health.ask_router(router_id=router_id, now=now, with_counters=True)
    if answer is None:
        return None
    tally = ingest.take(
        router_id=router_id,
        sessions=seen_of(answer),
        uptime_seconds=answer.resource.uptime_seconds,
        at=answer.at,
        now=now(),
        counter_bits=answer.router.counter_bits,
    )
    sessions.note_traffic(router_id=router_id, flows=tally.flows, at=answer.at)
    live.changed("usage")
    return tally


def seen_of(answer: Answer) -> list[Seen]:
    """Return the sessions whose counters could be read; one of two with a name is the newer.

    A session without a counter is no reading, and never nothing.
    """
    counted = {row.username: row for row in answer.interfaces if row.username}
    newest = {row.name: row for row in sorted(answer.sessions, key=lambda row: -row.uptime_seconds)}
    dialled = [
        Seen(
            username=name,
            session=row.session_id,
            began_at=answer.at - timedelta(seconds=row.uptime_seconds),
            upload=counted[name].upload_bytes,
            download=counted[name].download_bytes,
            address=row.address,
            caller_id=row.caller_id,
            source="ppp",
        )
        for name, row in newest.items()
        if name in counted
    ]
    return [*dialled, *_of_hotspot(answer), *_of_queues(answer)]


def _of_hotspot(answer: Answer) -> Iterator[Seen]:
    """The counters of a hotspot's session begin and end with it."""
    oldest_first = sorted(answer.hotspot, key=lambda row: -(row.uptime_seconds or 0))
    newest = {row.name: row for row in oldest_first}
    for row in newest.values():
        yield Seen(
            username=row.name,
            session=f"hotspot {row.session_id}",
            began_at=answer.at - timedelta(seconds=row.uptime_seconds or 0),
            upload=row.upload_bytes,
            download=row.download_bytes,
            address=row.address,
            caller_id=row.caller_id,
            source="hotspot",
        )


def _of_queues(answer: Answer) -> Iterator[Seen]:
    """A queue counts on until the router starts anew: that long is one session. Counters that
    somebody has reset are smaller than before, and count as they are."""
    started = answer.at - timedelta(seconds=answer.resource.uptime_seconds)
    macs = {lease.address: lease.caller_id for lease in answer.leases}
    for row in answer.queues:
        yield Seen(
            username=row.name,
            session="queue",
            began_at=started,
            upload=row.upload_bytes,
            download=row.download_bytes,
            address=row.address,
            caller_id=macs.get(row.address, ""),
            source="queue",
        )


def poll_all() -> int:
    """Queue every router in use; return how many."""
    router_ids = list(unsettled.callable_routers().values_list("pk", flat=True))
    for router_id in router_ids:
        enqueue("network.poll_router", router_id=router_id)
    return len(router_ids)
