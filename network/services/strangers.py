"""Users on a router that are not ours: taken off when a person says so, never by ourselves."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from ipaddress import ip_address
from typing import NamedTuple

from ispbill.core import locks
from network.gateways.base import DesiredSecret, RouterError
from network.gateways.line_rows import DesiredRow, FoundRow, Menu
from network.models import Access, Method, Router, RouterLog
from network.rules import router_values
from network.services import connections, health, reconcile, routers, row_differences
from network.services.differences import Kind


class Stranger(NamedTuple):
    """A user as the router has it; its password is never read. `limit` is what its queue says."""

    name: str
    profile: str
    is_disabled: bool
    comment: str
    address: str
    caller_id: str
    method: str = Method.PPPOE
    limit: str = ""


def users_of(router: Router) -> tuple[str, list[Stranger]]:
    """Return a router's users, or why it could not be read; what is half read counts as nothing.

    Queues, leases and hotspot users count where the router's lines are made of them. A queue on
    a lease's address is that lease's; a queue on a whole network or on an interface is nobody's.
    """
    try:
        with connections.open_router(router, limits=connections.WHILE_SOMEBODY_WAITS) as link:
            users = [
                Stranger(
                    row.name,
                    row.profile,
                    bool(row.is_disabled),
                    row.comment,
                    row.remote_address,
                    row.caller_id,
                )
                for row in link.secrets()
            ]
            menus = row_differences.menus_of(Access.objects.filter(router=router), router)
            rows: dict[Menu, Sequence[FoundRow]] = {
                menu: link.rows(menu) for menu in menus if menu is not Menu.LISTED
            }
    except RouterError as error:
        return routers.worded(error), []
    return "", [*users, *_of_rows(rows)]


def _of_rows(rows: Mapping[Menu, Sequence[FoundRow]]) -> Iterator[Stranger]:
    queues = {_address(row): row for row in rows.get(Menu.QUEUE, ()) if _address(row)}
    for row in rows.get(Menu.LEASE, ()):
        queue = queues.pop(row.values["address"], None)
        yield Stranger(
            name=queue.values["name"] if queue else row.values["mac-address"],
            profile="",
            is_disabled=_is_on("disabled", row) or _is_on("block-access", row),
            comment=row.comment or (queue.comment if queue else ""),
            address=row.values["address"],
            caller_id=row.values["mac-address"],
            method=Method.DHCP,
            limit=queue.values["max-limit"] if queue else "",
        )
    for address, row in queues.items():
        yield Stranger(
            name=row.values["name"],
            profile="",
            is_disabled=False,  # one that is switched off holds nobody back
            comment=row.comment,
            address=address,
            caller_id="",
            method=Method.QUEUE,
            limit=row.values["max-limit"],
        )
    for row in rows.get(Menu.HOTSPOT, ()):
        yield Stranger(
            name=row.values["name"],
            profile=row.values["profile"],
            is_disabled=_is_on("disabled", row),
            comment=row.comment,
            address=row.values["address"],
            caller_id="",
            method=Method.HOTSPOT,
        )


def _address(queue: FoundRow) -> str:
    """Return the one address a queue is for; nothing for a network, a list or an interface."""
    try:
        return str(ip_address(queue.values["target"].removesuffix("/32")))
    except ValueError:
        return ""


def _is_on(column: str, row: FoundRow) -> bool:
    return router_values.is_same(column, row.values.get(column, ""), "yes")


def remove(
    *, router: Router, name: str, shown: str, why: str, at: datetime, menu: str = ""
) -> bool:
    """Take an unknown user off a router unless its row is no longer as it was `shown`; log it.

    `menu` is where it stands, when not among the PPP users. Returns whether the router has it no
    more; a router that is busy or away keeps it.
    """
    with locks.only_one(health.lock_name(router.pk)) as is_ours:
        error = _removed(router, name, shown, menu) if is_ours else "the router is busy"
    RouterLog.objects.create(
        router=router,
        at=at,
        action="stranger removed",
        detail=f"{name} · {why}"[:300],
        is_ok=not error,
        error=error[:300],
    )
    return not error


def _removed(router: Router, name: str, shown: str, menu: str) -> str:
    """Remove it and return what went wrong; an empty text when nothing did."""
    try:
        found = {(one.menu, one.name): one for one in reconcile.compare(router=router)}
        still = found.get((menu, name))
        if still is None:
            return ""
        if still.kind is not Kind.EXTRA or still.actual != shown:
            return "it has changed since it was shown"
        with connections.open_router(router) as link:
            outcome = (
                link.apply_rows([_no_row(menu, name)])[0]
                if menu
                else link.apply([_no_secret(name)])[0]
            )
    except RouterError as refusal:
        return str(refusal)
    return "" if outcome.status.is_done else outcome.detail


def _no_secret(name: str) -> DesiredSecret:
    return DesiredSecret(
        username=name, owner="", profile="", is_absent=True, may_adopt=True, drop_session=True
    )


def _no_row(menu: str, name: str) -> DesiredRow:
    return row_differences.nothing_named(Menu(menu), name)
