"""Users of ours that a router keeps beside RADIUS: it would ask them first, so they must go."""

from collections.abc import Sequence

from ispbill.core import locks
from network.gateways.base import DesiredSecret, RouterError, Status
from network.models import Access, Router
from network.services import connections, health


def remove(*, router: Router, lines: Sequence[Access]) -> dict[int, str]:
    """Take these lines' users off the router; return what went wrong by line, "" where nothing.

    Their sessions end, so that they come back by RADIUS. A user of that name that is not ours stays
    and is said.
    """
    if not lines:
        return {}
    names = {line.username: line.pk for line in lines}
    with locks.only_one(health.lock_name(router.pk)) as is_ours:
        if not is_ours:
            return dict.fromkeys(names.values(), "the router is busy")
        try:
            with connections.open_router(router) as link:
                outcomes = link.apply([_absent(line) for line in lines])
        except RouterError as error:
            return dict.fromkeys(names.values(), str(error))
    return {
        names[one.name]: ""
        if one.status.is_done
        else "a local user of that name is not ours"
        if one.status is Status.NOT_OURS
        else one.detail
        for one in outcomes
    }


def _absent(line: Access) -> DesiredSecret:
    return DesiredSecret(
        username=line.username,
        owner=str(line.subscription_id),
        profile="",
        is_absent=True,
        drop_session=True,
    )
