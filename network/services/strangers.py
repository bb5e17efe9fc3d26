"""Users on a router that are not ours: taken off when a person says so, never by ourselves."""

from datetime import datetime
from typing import NamedTuple

from ispbill.core import locks
from network.gateways.base import DesiredSecret, RouterError
from network.models import Router, RouterLog
from network.services import connections, health, reconcile, routers
from network.services.reconcile import Kind


class Stranger(NamedTuple):
    """A user as the router has it; its password is never read."""

    name: str
    profile: str
    is_disabled: bool
    comment: str
    address: str
    caller_id: str


def users_of(router: Router) -> tuple[str, list[Stranger]]:
    """Return a router's users, or why it could not be read; what is half read counts as nothing."""
    try:
        with connections.open_router(router, limits=connections.WHILE_SOMEBODY_WAITS) as link:
            rows = link.secrets()
    except RouterError as error:
        return routers.worded(error), []
    return "", [
        Stranger(
            row.name,
            row.profile,
            bool(row.is_disabled),
            row.comment,
            row.remote_address,
            row.caller_id,
        )
        for row in rows
    ]


def remove(*, router: Router, name: str, shown: str, why: str, at: datetime) -> bool:
    """Take an unknown user off a router unless its row is no longer as it was `shown`; log it.

    Returns whether the router has it no more; a router that is busy or away keeps it.
    """
    with locks.only_one(health.lock_name(router.pk)) as is_ours:
        error = _removed(router, name, shown) if is_ours else "the router is busy"
    RouterLog.objects.create(
        router=router,
        at=at,
        action="stranger removed",
        detail=f"{name} · {why}"[:300],
        is_ok=not error,
        error=error[:300],
    )
    return not error


def _removed(router: Router, name: str, shown: str) -> str:
    """Remove it and return what went wrong; an empty text when nothing did."""
    try:
        still = {one.name: one for one in reconcile.compare(router=router)}.get(name)
        if still is None:
            return ""
        if still.kind is not Kind.EXTRA or still.actual != shown:
            return "it has changed since it was shown"
        gone = DesiredSecret(
            username=name, owner="", profile="", is_absent=True, may_adopt=True, drop_session=True
        )
        with connections.open_router(router) as link:
            outcome = link.apply([gone])[0]
    except RouterError as refusal:
        return str(refusal)
    return "" if outcome.status.is_done else outcome.detail
