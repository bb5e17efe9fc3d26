"""Traffic of routers and of the whole network: now, today, over time, and who moves most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from ispbill.accounts.models import User
from ispbill.core import statements
from network.models import Router
from network.queries import lines
from network.usage.models import UsageCounter, UsageSlot
from network.usage.rules import counters, percentiles
from network.usage.rules.percentiles import Percentile
from network.usage.rules.periods import Days
from network.usage.rules.spreading import SLOT

HEAVY_TIMES = 4  # the median of the package
HEAVY_LEAST_LINES = 20
SHOWN = 50


@dataclass(frozen=True)
class Stand:
    """A router as polled last. Rates are bit/s, `today` bytes."""

    router: Router
    sessions: int
    upload_rate: int
    download_rate: int
    today: int
    read_at: datetime | None
    is_silent: bool


@dataclass(frozen=True)
class Point:
    """Mean Mbit/s over a piece of time; None: nobody measured."""

    start: datetime
    upload: Decimal | None
    download: Decimal | None


@dataclass(frozen=True)
class Heavy:
    """A line that moved much in thirty days, beside what is usual for its package."""

    line_id: int
    username: str
    customer: str
    number: str
    package: str
    upload: int
    download: int
    median: int | None

    @property
    def total(self) -> int:
        return self.upload + self.download

    @property
    def times(self) -> Decimal | None:
        """How many times the median of its package it is; None where too few have the package."""
        if not self.median:
            return None
        return (Decimal(self.total) / self.median).quantize(Decimal("0.1"))

    @property
    def is_heavy(self) -> bool:
        return self.median is not None and self.total > HEAVY_TIMES * self.median


def stands(user: User, *, since: datetime, at: datetime) -> list[Stand]:
    """Return the routers in use that a member of staff may see; `since` is today's midnight."""
    routers = list(
        lines.routers_visible_to(user)
        .filter(is_enabled=True)
        .select_related("usage_poll", "branch")
        .order_by("name")
    )
    rates = {
        row["router"]: row
        for row in UsageCounter.objects.filter(router__in=routers)
        .values("router")
        .annotate(
            sessions=Count("pk", filter=Q(is_open=True)),
            up=Sum("upload_rate"),
            down=Sum("download_rate"),
        )
    }
    today = {
        row["router"]: row["size"]
        for row in UsageSlot.objects.filter(router__in=routers, starts_at__gte=since)
        .values("router")
        .annotate(size=Sum("upload_bytes") + Sum("download_bytes"))
    }
    return [
        _stand(router, rates.get(router.pk, {}), today.get(router.pk, 0), at) for router in routers
    ]


def _stand(router: Router, rates: Mapping[str, Any], today: int, at: datetime) -> Stand:
    poll = getattr(router, "usage_poll", None)
    read_at = poll.read_at if poll is not None else None
    is_silent = read_at is None or at - read_at > counters.GAP
    return Stand(
        router=router,
        sessions=0 if is_silent else rates.get("sessions", 0),
        upload_rate=0 if is_silent else rates.get("up", 0),
        download_rate=0 if is_silent else rates.get("down", 0),
        today=today,
        read_at=read_at,
        is_silent=is_silent,
    )


def points(
    router_ids: Sequence[int], *, since: datetime, until: datetime, step: timedelta
) -> list[Point]:
    """Return the mean rates of routers together, a value for each step.

    Five minutes that nobody measured are not in the mean.
    """
    rows = statements.read(
        "SELECT floor(extract(epoch FROM starts_at - %(since)s) / %(step)s)::int,"
        " sum(upload_bytes)::bigint, sum(download_bytes)::bigint,"
        " count(DISTINCT starts_at) * 300 FROM network_usageslot"
        " WHERE router_id = ANY(%(ids)s) AND starts_at >= %(since)s AND starts_at < %(until)s"
        " GROUP BY 1",
        {"ids": list(router_ids), "since": since, "until": until, "step": step.total_seconds()},
    )
    found = {
        place: tuple(percentiles.mbps(size, seconds=seconds) for size in (up, down))
        for place, up, down, seconds in rows
    }
    count = max(0, (until - since) // step)
    return [Point(since + step * place, *found.get(place, (None, None))) for place in range(count)]


def p95(router_id: int, *, since: datetime, until: datetime) -> Percentile | None:
    """Return the 95th percentile of a router's five-minute slots."""
    slots = list(
        UsageSlot.objects.filter(
            router=router_id, starts_at__gte=since, starts_at__lt=until
        ).values_list("upload_bytes", "download_bytes")
    )
    return percentiles.p95(slots, expected=(until - since) // SLOT)


def total(router_ids: Sequence[int], *, since: datetime, until: datetime) -> int:
    """Return all bytes of routers in a span."""
    found = UsageSlot.objects.filter(
        router__in=list(router_ids), starts_at__gte=since, starts_at__lt=until
    ).aggregate(size=Coalesce(Sum("upload_bytes") + Sum("download_bytes"), 0))
    return int(found["size"])


_HEAVY = """
    WITH used AS (
        SELECT d.subscription_id, sum(d.upload_bytes)::bigint AS up,
               sum(d.download_bytes)::bigint AS down
        FROM network_usageday d WHERE d.date >= %(start)s AND d.date < %(end)s
          AND d.source <> 'ESTIMATED'
        GROUP BY 1
    ), usual AS (
        SELECT s.package_id, count(*) AS lines,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY u.up + u.down)::bigint AS median
        FROM used u JOIN customers_subscription s ON s.id = u.subscription_id GROUP BY 1
    )
    SELECT a.id, a.username, c.name, c.number, p.name, u.up, u.down,
           CASE WHEN usual.lines >= %(least)s THEN usual.median END
    FROM used u JOIN customers_subscription s ON s.id = u.subscription_id
    JOIN network_access a ON a.subscription_id = s.id
    JOIN customers_customer c ON c.id = s.customer_id
    JOIN customers_package p ON p.id = s.package_id
    JOIN usual ON usual.package_id = s.package_id
    WHERE %(branch)s::bigint IS NULL OR c.branch_id = %(branch)s
    ORDER BY u.up + u.down DESC, a.id LIMIT %(most)s
"""


def heaviest(*, until: date, branch_id: int | None) -> list[Heavy]:
    """Return the lines that moved most in the thirty days before `until`."""
    days = Days(until - timedelta(days=30), until)
    rows = statements.read(
        _HEAVY,
        {
            "start": days.start,
            "end": days.end,
            "branch": branch_id,
            "least": HEAVY_LEAST_LINES,
            "most": SHOWN,
        },
    )
    return [Heavy(*row) for row in rows]
