"""Read the counters of all of a router's lines at once, and count them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from ispbill.core import live
from ispbill.core.jobs import enqueue
from network.queries import unsettled
from network.services import health
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
    live.changed("usage")
    return tally


def seen_of(answer: Answer) -> list[Seen]:
    """Return the sessions whose counters could be read; one of two with a name is the newer.

    A session without a counter is no reading, and never nothing.
    """
    counted = {row.username: row for row in answer.interfaces if row.username}
    newest = {row.name: row for row in sorted(answer.sessions, key=lambda row: -row.uptime_seconds)}
    return [
        Seen(
            username=name,
            session=row.session_id,
            began_at=answer.at - timedelta(seconds=row.uptime_seconds),
            upload=counted[name].upload_bytes,
            download=counted[name].download_bytes,
            address=row.address,
            caller_id=row.caller_id,
        )
        for name, row in newest.items()
        if name in counted
    ]


def poll_all() -> int:
    """Queue every router in use; return how many."""
    router_ids = list(unsettled.callable_routers().values_list("pk", flat=True))
    for router_id in router_ids:
        enqueue("network.poll_router", router_id=router_id)
    return len(router_ids)
