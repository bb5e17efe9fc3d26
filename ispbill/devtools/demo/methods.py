"""Routers of the demo whose lines are no PPPoE users: queues, leases by MAC, a hotspot."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ispbill.core.acts import Act
from ispbill.devtools.demo import ground
from ispbill.devtools.demo.ground import HQ, Ground
from network.addresses.models import IpPool
from network.addresses.services import assigning, pools
from network.models import Access, Method, Router
from network.services import moving

MOST = 8  # lines on each
SHARE = 10  # one line in so many, of those the office has


@dataclass(frozen=True)
class Node:
    """A router, how its lines are made and closed, and the block their addresses are of."""

    name: str
    site: str
    method: Method
    closing: Router.SuspendMode
    cidr: str
    burst_percent: int = 0


NODES = (
    Node(
        "sim-3", "Kazipara mast", Method.QUEUE, Router.SuspendMode.ADDRESS_LIST, "10.33.3.0/24", 150
    ),
    Node("sim-4", "Shewrapara hall", Method.DHCP, Router.SuspendMode.DISABLE, "10.33.4.0/24"),
    Node("sim-5", "Mirpur-10 market", Method.HOTSPOT, Router.SuspendMode.PROFILE, "10.33.5.0/24"),
)


def show(*, base: Ground, now: datetime) -> None:
    """Take the three routers into use and move some lines of the office to each."""
    noc = base.staff["noc@demo.test"]
    act = Act(noc, now - timedelta(days=4), reason="The building is fed by another node now")
    living = Access.objects.filter(router=base.routers["sim-1"], static_ip=None)
    lines = list(living.exclude(desired_state=Access.State.REMOVED).order_by("-pk"))
    each = min(MOST, len(lines) // SHARE)
    if not each:
        return
    closed = [line for line in lines if line.desired_state == Access.State.WALLED]
    others = [line for line in lines if line.desired_state == Access.State.OPEN]
    for place, node in enumerate(NODES):
        chosen = closed[place : place + 1] + others[place * each : (place + 1) * each]
        _move(node, chosen[:each], base=base, act=act)


def _move(node: Node, lines: list[Access], *, base: Ground, act: Act) -> None:
    router = ground.router(
        node.name,
        base.branches[HQ],
        node.site,
        act.at,
        default_method=node.method,
        suspend_mode=node.closing,
        burst_percent=node.burst_percent,
    )
    pool = _pool(node, router, act=act) if node.method.has_queue else None
    for line in lines:
        moved = moving.move_to_router(line=line, router=router, act=act)
        if pool is not None:
            assigning.assign(line=moved, pool=pool, address="", act=act)
        moving.change_method(line=moved, method=node.method, act=act, mac_address=_mac(line.pk))


def _pool(node: Node, router: Router, *, act: Act) -> IpPool:
    pool = IpPool(
        name=node.site,
        cidr=node.cidr,
        kind=IpPool.Kind.PRIVATE,
        router=router,
        gateway=node.cidr.replace(".0/24", ".1"),
        reserved=9,
    )
    return pools.add(pool=pool, act=act)


def _mac(number: int) -> str:
    return f"C0:25:E9:{number // 65536 % 256:02X}:{number // 256 % 256:02X}:{number % 256:02X}"
