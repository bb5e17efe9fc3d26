"""Pools with what is free of them, and who holds what."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Cast

from ispbill.core.columns import InetField
from network.addresses.models import IpAssignment, IpPool
from network.addresses.rules import blocks
from network.radius.models import RadiusSession
from network.usage.models import UsageCounter

COOLDOWN = timedelta(days=7)
NEARLY_FULL = 90  # percent
MANY = 10_000_000


@dataclass(frozen=True)
class Stand:
    """A pool with its figures; `percent` is what is in use or resting of what can be given."""

    pool: IpPool
    held: int
    resting: int
    free: int

    @property
    def percent(self) -> int:
        all_ = self.held + self.resting + self.free
        return (self.held + self.resting) * 100 // all_ if all_ else 100

    @property
    def is_endless(self) -> bool:
        """Whether a number would tell nobody anything: a block of IPv6."""
        return self.free > MANY

    @property
    def is_nearly_full(self) -> bool:
        return self.percent >= NEARLY_FULL


def stands(*, at: datetime) -> list[Stand]:
    """Return the pools in use, the fullest first."""
    found = IpPool.objects.filter(archived_at=None).select_related("router").order_by("name")
    by_pool: dict[int, list[bool]] = {}
    for one in _taken(at=at).only("pool_id", "span"):
        by_pool.setdefault(one.pool_id, []).append(one.is_held)
    made = [_stand(pool, by_pool.get(pool.pk, [])) for pool in found]
    return sorted(made, key=lambda one: (-one.percent, one.pool.name))


def stand(pool: IpPool, *, at: datetime) -> Stand:
    """Return one pool's figures."""
    return _stand(pool, [one.is_held for one in _taken(at=at).filter(pool=pool)])


def taken(pool: IpPool, *, at: datetime) -> set[str]:
    """Return what is held of a pool's block, or was until a few days ago."""
    found = _taken(at=at).filter(address__net_overlaps=pool.cidr)
    return set(found.values_list("address", flat=True))


def in_use(pool: IpPool, *, beside: int) -> set[str]:
    """Return what sessions of other services than one have at this moment."""
    if pool.is_delegated:
        sessions = (
            RadiusSession.objects.filter(ended_at=None)
            .exclude(ipv6_prefix="")
            .exclude(line__subscription=beside)
            .annotate(prefix=Cast("ipv6_prefix", InetField()))
        )
        within = sessions.filter(prefix__net_overlaps=pool.cidr)
        return set(within.values_list("ipv6_prefix", flat=True))
    counters = UsageCounter.objects.filter(is_open=True).exclude(address="")
    return set(counters.exclude(subscription=beside).values_list("address", flat=True))


def next_free(pool: IpPool, *, taken: set[str]) -> str:
    """Return the lowest address of a pool, or prefix, that nobody has; "" when it is full."""
    if pool.is_delegated:
        return blocks.next_free_prefix(
            pool.cidr, length=pool.delegated_length, reserved=pool.reserved, taken=taken
        )
    return blocks.next_free(pool.cidr, kept=kept(pool), taken=taken)


def kept(pool: IpPool) -> set[str]:
    """Return the addresses of a pool that are our own equipment's."""
    return blocks.kept(pool.cidr, gateway=pool.gateway or "", reserved=pool.reserved)


def held(pool: IpPool) -> list[IpAssignment]:
    """Return who holds something of a pool, by address."""
    return list(
        IpAssignment.objects.filter(pool=pool, span__upper_inf=True)
        .select_related("customer", "subscription__package", "subscription__access")
        .order_by("address")
    )


def _taken(*, at: datetime) -> QuerySet[IpAssignment]:
    return IpAssignment.objects.filter(
        Q(span__upper_inf=True) | Q(span__endswith__gt=at - COOLDOWN)
    )


def _stand(pool: IpPool, taken: list[bool]) -> Stand:
    free = blocks.free_count(
        pool.cidr,
        gateway=pool.gateway or "",
        reserved=pool.reserved,
        taken=len(taken),
        length=pool.delegated_length if pool.is_delegated else 0,
    )
    return Stand(pool, sum(taken), len(taken) - sum(taken), free)
