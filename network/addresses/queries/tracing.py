"""Who had an address at a moment, as far as sessions and fixed addresses tell.

All that is possible is returned, what is proven first: inside what a poll or an assignment saw it
is *certain*; up to a poll's distance and `trace_minutes` around it, *possible*.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from customers.models import Subscription
from network.addresses.models import IpAssignment, IpPool
from network.addresses.rules import blocks
from network.radius.models import RadiusSession
from network.usage.models import LineSession, UsageCounter

POLL = timedelta(minutes=5)
TRACE_MINUTES = timedelta(minutes=5)
AROUND = POLL + TRACE_MINUTES


@dataclass(frozen=True)
class Candidate:
    """Somebody who had the address, or may have had it. `until` None: has it still.

    `address` is the prefix where somebody had that, and the address with it.
    """

    subscription: Subscription
    address: str
    is_certain: bool
    is_fixed: bool
    since: datetime
    until: datetime | None
    router: str = ""
    caller_id: str = ""


def who(*, address: str, moment: datetime, port: int | None = None) -> list[Candidate]:
    """Return everybody who may have had an address at a moment, the certain ones first."""
    inner = _inside(address, port)
    found = [*_fixed(inner, moment), *_told(inner, moment)]
    found += [*_over(inner, moment), *_open(inner, moment)]
    return sorted(found, key=lambda one: (not one.is_certain, not one.is_fixed, one.since))


def _inside(address: str, port: int | None) -> list[str]:
    """Return the address itself and the prefixes that have it, or, when it is the outside of a
    CGNAT, the addresses behind it."""
    behind = [
        one
        for pool in IpPool.objects.filter(kind=IpPool.Kind.CGNAT)
        if pool.outside and ":" not in f"{pool.outside}{address}"
        for one in blocks.inside(
            pool.cidr,
            outside=pool.outside,
            seen=address,
            port=port,
            first_port=pool.first_port,
            each=pool.ports_each,
        )
    ]
    return behind or blocks.covering(address)


def _fixed(addresses: Iterable[str], moment: datetime) -> Iterator[Candidate]:
    rows = IpAssignment.objects.filter(address__in=list(addresses), span__contains=moment)
    for one in rows.select_related("subscription__customer", "subscription__package"):
        yield Candidate(
            subscription=one.subscription,
            address=str(one.address),
            is_certain=True,
            is_fixed=True,
            since=one.span.lower,
            until=one.span.upper,
        )


def _told(addresses: Iterable[str], moment: datetime) -> Iterator[Candidate]:
    """Sessions of RADIUS accounting: begun and ended to the second, where the Stop came."""
    inner = set(addresses)
    rows = RadiusSession.objects.filter(
        Q(address__in=inner) | Q(ipv6_prefix__in=inner),
        began_at__lte=moment + TRACE_MINUTES,
        last_at__gte=moment - AROUND,
    )
    shown = ("router", "line__subscription__customer", "line__subscription__package")
    for one in rows.select_related(*shown):
        yield Candidate(
            subscription=one.line.subscription,
            address=one.address if one.address in inner else one.ipv6_prefix,
            is_certain=one.began_at <= moment <= one.last_at,
            is_fixed=False,
            since=one.began_at,
            until=one.ended_at,
            router=one.router.name,
            caller_id=one.caller_id,
        )


def _over(addresses: Iterable[str], moment: datetime) -> Iterator[Candidate]:
    rows = LineSession.objects.filter(
        address__in=list(addresses),
        began_at__lte=moment + AROUND,
        last_seen_at__gte=moment - AROUND,
    )
    for one in rows.select_related("router", "subscription__customer", "subscription__package"):
        yield _of_session(one, moment, until=one.last_seen_at)


def _open(addresses: Iterable[str], moment: datetime) -> Iterator[Candidate]:
    rows = UsageCounter.objects.filter(
        Q(is_open=True) | Q(read_at__gte=moment - AROUND),
        address__in=list(addresses),
        began_at__lte=moment + AROUND,
    ).exclude(read_at__lt=moment - AROUND, read_at__gt=F("began_at"))
    for one in rows.select_related("router", "subscription__customer", "subscription__package"):
        yield _of_session(one, moment, until=one.read_at, is_open=one.is_open)


def _of_session(
    one: LineSession | UsageCounter, moment: datetime, *, until: datetime, is_open: bool = False
) -> Candidate:
    return Candidate(
        subscription=one.subscription,
        address=one.address,
        is_certain=one.began_at <= moment <= until,
        is_fixed=False,
        since=one.began_at,
        until=None if is_open else until,
        router=one.router.name,
        caller_id=one.caller_id,
    )


def holding(address: str, *, at: datetime) -> QuerySet[IpAssignment]:
    """Return the assignments of an address, or of a prefix that has it, that hold at a moment."""
    return IpAssignment.objects.filter(address__in=blocks.covering(address), span__contains=at)
