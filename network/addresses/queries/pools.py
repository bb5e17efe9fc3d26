"""Pools with what is free of them, and who holds what."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from network.addresses.models import IpAssignment, IpPool
from network.addresses.rules import blocks

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
    """Return the addresses of a pool that are held, or were until a few days ago."""
    return set(_taken(at=at).filter(pool=pool).values_list("address", flat=True))


def held(pool: IpPool) -> list[IpAssignment]:
    """Return who holds an address of a pool, by address."""
    return list(
        IpAssignment.objects.filter(pool=pool, span__upper_inf=True)
        .select_related("customer", "subscription__package", "subscription__access")
        .order_by("address")
    )


def of_service(subscription_id: int) -> list[IpAssignment]:
    """Return the fixed addresses a service has and had, the newest first."""
    rows = IpAssignment.objects.filter(subscription=subscription_id).select_related("pool")
    return list(rows.order_by("-span__startswith"))


def _taken(*, at: datetime) -> QuerySet[IpAssignment]:
    return IpAssignment.objects.filter(
        Q(span__upper_inf=True) | Q(span__endswith__gt=at - COOLDOWN)
    )


def _stand(pool: IpPool, taken: list[bool]) -> Stand:
    free = blocks.free_count(
        pool.cidr, gateway=pool.gateway or "", reserved=pool.reserved, taken=len(taken)
    )
    return Stand(pool, sum(taken), len(taken) - sum(taken), free)
