"""What a router is told for a line, whatever the line's method, and telling it.

A line with a login has a secret or a hotspot user; one with a fixed address a queue, and with DHCP
a lease beside it. Any of them may stand in the firewall's list of suspended addresses. How each is
closed: docs/adr/0081.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ispbill.core.crypto import Unreadable
from network.gateways.base import DesiredSecret, Outcome, Status
from network.gateways.line_rows import DesiredRow, Menu
from network.gateways.operations import RouterGateway
from network.models import Access, Leftover, Method, Router
from network.rules import logins
from network.rules.rate_limit import RateLimit
from network.services import router_profiles
from network.services.lines import password_of
from network.services.router_profiles import WALLED_ADDRESS_LIST, WALLED_RATE_LIMIT, Closing

# A queue that is switched off lets everything through, so a closed one stays and is shut to this.
SHUT = RateLimit(upload=1_000, download=1_000)
_WALLED = RateLimit.parse(WALLED_RATE_LIMIT)
_WORST_FIRST = (Status.FAILED, Status.NOT_OURS, Status.CREATED, Status.CHANGED, Status.REMOVED)
MENUS = {
    Method.PPPOE: (),
    Method.QUEUE: (Menu.QUEUE,),
    Method.DHCP: (Menu.LEASE, Menu.QUEUE),
    Method.HOTSPOT: (Menu.HOTSPOT,),
}


@dataclass(frozen=True, kw_only=True)
class Order:
    """Everything one line wants of its router. `name` is unique among orders given together."""

    name: str
    profile: str = ""
    secret: DesiredSecret | None = None
    rows: Sequence[DesiredRow] = field(default=())

    @property
    def is_absent(self) -> bool:
        rows = all(row.is_absent for row in self.rows)
        return rows and (self.secret is None or self.secret.is_absent)


def order_for(line: Access, router: Router) -> Order:
    """Return what the router is told for a line; raises ValueError for what cannot be sent."""
    try:
        password = password_of(line) if line.sealed_password else ""
    except Unreadable as error:
        raise ValueError("the stored password cannot be read") from error
    profile = router_profiles.profile_on_router(line, router)
    if not logins.is_username(line.username) or logins.has_control_characters(password + profile):
        raise ValueError("user name, password or profile contain characters a router cannot take")
    is_pppoe = line.method == Method.PPPOE
    return Order(
        name=line.username,
        profile=profile,
        secret=_secret(line, router, profile, password) if is_pppoe else None,
        rows=rows_for(line, router, password=password),
    )


def rows_for(line: Access, router: Router, *, password: str = "") -> list[DesiredRow]:
    """Return the rows a line wants beside PPP, the listed address among them."""
    wanted: dict[Menu, Mapping[str, str]] = {Menu.LISTED: _listed(line)}
    for menu in MENUS[Method(line.method)]:
        wanted[menu] = _VALUES[menu](line, router)
    is_gone = line.desired_state == Access.State.REMOVED
    return [
        DesiredRow(
            menu=menu,
            owner=str(line.subscription_id),
            name=line.username,
            values=values,
            password=password if menu is Menu.HOTSPOT else "",
            is_password_new=menu is Menu.HOTSPOT and _has_new_password(line, password),
            may_adopt=line.may_adopt,
            is_absent=is_gone or (menu is Menu.LISTED and not is_listed(line, router)),
            drop_session=line.is_in_doubt,
        )
        for menu, values in wanted.items()
    ]


def is_listed(line: Access, router: Router) -> bool:
    """Tell whether a line's fixed address stands among the suspended ones."""
    closing = router_profiles.closing_of(line, router)
    has_queue = Method(line.method).has_queue  # no profile lists the address of such a line
    return closing == Closing.ADDRESS_LIST or (closing == Closing.PROFILE and has_queue)


def order_to_leave(leftover: Leftover) -> Order:
    """Return what takes away what a line has left behind, and nothing it still wants there."""
    line = leftover.access
    is_home = line.router_id == leftover.router_id and line.desired_state != Access.State.REMOVED
    still = {Menu.LISTED, *MENUS[Method(line.method)]} if is_home else set()
    owner = str(line.subscription_id)
    secret = None
    if leftover.method == Method.PPPOE:
        secret = DesiredSecret(
            username=leftover.username, owner=owner, profile="", is_absent=True, drop_session=True
        )
    return Order(
        name=leftover.username,
        secret=secret,
        rows=[
            DesiredRow(
                menu=menu,
                owner=owner,
                name=leftover.username,
                values={"list": WALLED_ADDRESS_LIST} if menu is Menu.LISTED else {},
                is_absent=True,
            )
            for menu in (Menu.LISTED, *MENUS[Method(leftover.method)])
            if menu not in still
        ],
    )


def carry_out(link: RouterGateway, orders: Sequence[Order]) -> list[Outcome]:
    """Give the orders and return what became of each: who is listed first, then the rest."""
    rows = [(order.name, row) for order in orders for row in order.rows]
    listed = [pair for pair in rows if pair[1].menu is Menu.LISTED]
    others = [pair for pair in rows if pair[1].menu is not Menu.LISTED]
    secrets = [order.secret for order in orders if order.secret is not None]
    found: dict[str, list[Outcome]] = {order.name: [] for order in orders}

    def note(pairs: Sequence[tuple[str, DesiredRow]], outcomes: Sequence[Outcome]) -> None:
        for (name, _row), outcome in zip(pairs, outcomes, strict=True):
            found[name].append(outcome)

    note(listed, link.apply_rows([row for _name, row in listed]))
    for outcome in link.apply(secrets):
        found[outcome.name].append(outcome)
    note(others, link.apply_rows([row for _name, row in others]))
    return [_together(name, outcomes) for name, outcomes in found.items()]


def _together(name: str, outcomes: Sequence[Outcome]) -> Outcome:
    """Return the worst of what became of an order's parts, with everybody's words."""
    statuses = {outcome.status for outcome in outcomes}
    worst = next((one for one in _WORST_FIRST if one in statuses), Status.UNCHANGED)
    return Outcome(
        name=name,
        status=worst,
        detail="; ".join(dict.fromkeys(one.detail for one in outcomes if one.detail)),
        has_dropped_session=any(one.has_dropped_session for one in outcomes),
    )


def _secret(line: Access, router: Router, profile: str, password: str) -> DesiredSecret:
    closing = router_profiles.closing_of(line, router)
    return DesiredSecret(
        username=line.username,
        owner=str(line.subscription_id),
        profile=profile,
        is_disabled=closing == Closing.DISABLE,
        password=password,
        is_password_new=_has_new_password(line, password),
        remote_address="" if closing == Closing.PROFILE else line.static_ip or "",
        may_adopt=line.may_adopt,
        is_absent=line.desired_state == Access.State.REMOVED,
        drop_session=line.is_in_doubt,
    )


def _has_new_password(line: Access, password: str) -> bool:
    return bool(password) and line.password_generation > line.confirmed_generation


def _listed(line: Access) -> dict[str, str]:
    address = line.static_ip or ""
    return {"list": WALLED_ADDRESS_LIST, "address": address, "disabled": "no"}


def _lease(line: Access, router: Router) -> dict[str, str]:
    """A lease that is switched off would let the device have another address of the pool, so a
    closed one stays and blocks it."""
    is_shut = router_profiles.closing_of(line, router) == Closing.DISABLE
    values = {"address": line.static_ip or "", "mac-address": line.mac_address}
    if router.dhcp_server:
        values["server"] = router.dhcp_server
    return values | {"block-access": "yes" if is_shut else "no", "disabled": "no"}


def _hotspot(line: Access, router: Router) -> dict[str, str]:
    closing = router_profiles.closing_of(line, router)
    return {
        "name": line.username,
        "profile": router_profiles.profile_on_router(line, router),
        "address": "" if closing == Closing.PROFILE else line.static_ip or "",
        "disabled": "yes" if closing == Closing.DISABLE else "no",
    }


def _queue(line: Access, router: Router) -> dict[str, str]:
    closing = router_profiles.closing_of(line, router)
    if closing == Closing.DISABLE:
        limit = SHUT
    elif closing == Closing.PROFILE:
        limit = _WALLED
    else:
        limit = router_profiles.speed_of(line.desired_profile, line=line, router=router)
    burst, threshold, time = limit.burst_or_nothing
    return {
        "name": line.username,
        "target": f"{line.static_ip}/32",
        "max-limit": limit.speeds,
        "burst-limit": burst,
        "burst-threshold": threshold,
        "burst-time": time,
        "disabled": "no",
    }


_VALUES = {Menu.LEASE: _lease, Menu.HOTSPOT: _hotspot, Menu.QUEUE: _queue}
