"""Find what a lost call or a silent router left behind, and queue it again."""

from datetime import datetime, timedelta

from ispbill.core.jobs import enqueue
from network.queries import unsettled

JUST_OPENED = timedelta(minutes=10)


def enqueue_routers(*, at: datetime) -> int:
    """Queue each router with unsettled lines; knock at silent ones; return how many in all.

    Routers that have just opened a line are asked whether it has come on line.
    """
    with_work = set(unsettled.routers_with_work().values_list("pk", flat=True))
    silent = set(unsettled.silent_routers().values_list("pk", flat=True)) - with_work
    awaited = unsettled.routers_awaiting_sessions(since=at - JUST_OPENED)
    silent |= set(awaited.values_list("pk", flat=True)) - with_work
    for router_id in sorted(with_work):
        enqueue("network.push_router", router_id=router_id)
    for router_id in sorted(silent):
        enqueue("network.check_router", router_id=router_id)
    return len(with_work) + len(silent)
