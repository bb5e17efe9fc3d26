"""A router of the demo whose lines sign on at RADIUS, with three days of its accounting.

No FreeRADIUS runs in the demo: the packets are written down as it would have. Every session has
ended, so that what is wanted of a line needs no router to be told.
"""

from datetime import datetime, timedelta

from ispbill.core.acts import Act
from ispbill.devtools.demo import ground
from ispbill.devtools.demo.ground import HQ, Ground
from network.addresses.models import IpPool
from network.addresses.services import assigning, pools
from network.models import Access, Method
from network.radius.models import RadiusRecord
from network.radius.services import routers, taking
from network.radius.services.routers import Door
from network.services import moving

NAME, SITE, ADDRESS = "sim-6", "Pallabi roof", "127.0.0.6"
PREFIXES = "2001:db8:1200::/40"
MOST, SHARE = 4, 12  # lines, and one in so many of those the office has
_DAYS = 3
_EVENING = timedelta(hours=5)


def show(*, base: Ground, now: datetime) -> None:
    """Take the router into use, let it ask RADIUS, and move some lines of the office to it."""
    act = Act(
        base.staff["noc@demo.test"], now - timedelta(days=4), reason="Its lines sign on at RADIUS"
    )
    living = Access.objects.filter(
        router=base.routers["sim-1"],
        static_ip=None,
        method=Method.PPPOE,
        desired_state=Access.State.OPEN,
    ).order_by("pk")
    lines = list(living[: min(MOST, living.count() // SHARE)])
    if not lines:
        return
    router = ground.router(NAME, base.branches[HQ], SITE, act.at)
    door = Door(address=ADDRESS, secret="demo-radius-secret", coa_port=3799)  # noqa: S106
    routers.enter(router=router, door=door, act=act)
    for place, line in enumerate(lines):
        moving.move_to_router(line=line, router=router, act=act)
        _account(line, place, now=now)
    taking.take_all(at=now)
    prefixes = IpPool(name="IPv6 prefixes", cidr=PREFIXES, kind=IpPool.Kind.DELEGATED)
    pool = pools.add(pool=prefixes, act=act)
    assigning.assign(line=lines[0], pool=pool, address="", act=act)


def _account(line: Access, place: int, *, now: datetime) -> None:
    """Write down what FreeRADIUS would have: an evening's session on each of the last days."""
    for day in range(_DAYS, 0, -1):
        began = now - timedelta(days=day, minutes=7 * place)
        seconds = int(_EVENING.total_seconds()) - 600 * place
        size = line.subscription.download_mbps * 40_000_000 * (place + 1)
        shared = {
            "nas_address": ADDRESS,
            "username": line.username,
            "unique_id": f"demo-{line.pk}-{day}",
            "session_id": f"{0x81000000 + line.pk * 16 + day:08x}",
            "address": f"10.36.0.{10 + place}",
            "caller_id": f"C0:25:E9:36:00:{place:02X}",
            "port": "bridge-lan",
        }
        RadiusRecord.objects.create(status="Start", received_at=began, **shared)
        RadiusRecord.objects.create(
            status="Stop",
            received_at=began + timedelta(seconds=seconds),
            session_seconds=seconds,
            input_octets=size // 9,
            output_octets=size % 2**32,
            output_gigawords=size // 2**32,
            cause="User-Request",
            **shared,
        )
