"""What flowed on the demo's lines before today: hours of a month, days of six weeks, five minutes
of the routers. Set by set, so that it takes seconds; the sandbox's routers go on from there."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from customers.models import Package
from ispbill.core import statements
from ispbill.core.acts import Act
from ispbill.devtools.demo.ground import Ground
from network.fup.models import FupRule
from network.fup.services import enforcing, policies
from network.usage.services import alerts, keeping, noting

DAYS = 42
HOURS_OF = 30  # days
MANY = 2_000  # lines; with more, only the last days have hours
FEW_DAYS = 3

# Share of the busiest hour, by local hour: quiet at dawn, busiest at nine in the evening.
CURVE = [
    45, 28, 16, 10, 7, 6, 8, 14, 22, 30, 34, 38, 40, 42, 44, 46, 52, 60, 72, 86, 96, 100, 90, 66,
]  # fmt: skip

# One line in forty downloads day and night; Fridays are busier; a few days somebody is away.
_HOURS = """
    INSERT INTO network_usagehour (subscription_id, customer_id, hour_start, source, upload_bytes,
        download_bytes)
    SELECT line.id, line.customer_id, h.starts, 'MIKROTIK',
           (size.down * line.up_share)::bigint, size.down::bigint
    FROM (
        SELECT s.id, s.customer_id, s.activated_on, s.download_mbps * 450e6 AS full_hour,
               CASE WHEN x.h & 31 = 5 THEN 0.22 ELSE 0.02 + 0.10 * ((x.h >> 8) & 255) / 255.0 END
                   AS appetite,
               CASE WHEN x.h & 31 = 5 THEN 0.7 ELSE 0.05 + 0.15 * ((x.h >> 16) & 255) / 255.0 END
                   AS up_share
        FROM customers_subscription s JOIN network_access a ON a.subscription_id = s.id
        CROSS JOIN LATERAL (SELECT hashtextextended(s.connection_id, 11) AS h) x
        WHERE s.status = 'ACTIVE' AND a.desired_state = 'OPEN'
    ) line
    CROSS JOIN generate_series(%(since)s::timestamptz, %(until)s::timestamptz - interval '1 hour',
                               interval '1 hour') AS h (starts)
    CROSS JOIN LATERAL (
        SELECT hashtextextended(line.id::text || h.starts::text, 3) AS hour,
               hashtextextended(line.id::text || (h.starts AT TIME ZONE %(zone)s)::date, 5) AS day
    ) luck
    CROSS JOIN LATERAL (
        SELECT line.full_hour * line.appetite
               * (%(curve)s::int[])[1 + extract(hour FROM h.starts AT TIME ZONE %(zone)s)::int]
               / 100 * (0.4 + 1.2 * (luck.hour & 255) / 255.0)
               * (0.6 + 0.8 * (luck.day & 255) / 255.0)
               * CASE WHEN extract(dow FROM h.starts AT TIME ZONE %(zone)s) = 5 THEN 1.3 ELSE 1 END
               * CASE WHEN (luck.day >> 8) & 31 = 0 THEN 0.01 ELSE 1 END AS down
    ) size
    WHERE (h.starts AT TIME ZONE %(zone)s)::date >= line.activated_on
"""
_DAYS = """
    INSERT INTO network_usageday (subscription_id, customer_id, date, upload_bytes, download_bytes,
        source)
    SELECT subscription_id, customer_id, (hour_start AT TIME ZONE %(zone)s)::date,
           sum(upload_bytes), sum(download_bytes), 'MIKROTIK'
    FROM network_usagehour GROUP BY 1, 2, 3
"""
# Days whose hours are no longer kept: like one of the first week that has them, more or less.
_OLDER = """
    INSERT INTO network_usageday (subscription_id, customer_id, date, upload_bytes, download_bytes,
        source)
    SELECT d.subscription_id, d.customer_id, o.date,
           (d.upload_bytes * o.part)::bigint, (d.download_bytes * o.part)::bigint, 'MIKROTIK'
    FROM network_usageday d JOIN customers_subscription s ON s.id = d.subscription_id
    CROSS JOIN LATERAL (
        SELECT %(first)s::date - n AS date,
               0.8 + 0.3 * (hashtextextended(d.subscription_id::text, n) & 255) / 255.0 AS part
        FROM generate_series(1, %(count)s::int) n
        WHERE d.date = %(first)s::date + n %% least(7, %(hours)s - 1)
    ) o
    WHERE o.date >= s.activated_on
"""
_SLOTS = """
    INSERT INTO network_usageslot (router_id, starts_at, upload_bytes, download_bytes)
    SELECT sum.router_id, sum.hour_start + make_interval(mins => 5 * n),
           (sum.up / 12 * wave.part)::bigint, (sum.down / 12 * wave.part)::bigint
    FROM (SELECT a.router_id, h.hour_start, sum(h.upload_bytes) AS up, sum(h.download_bytes) AS down
          FROM network_usagehour h JOIN network_access a USING (subscription_id)
          GROUP BY 1, 2) sum
    CROSS JOIN generate_series(0, 11) n
    CROSS JOIN LATERAL (
        SELECT 0.85 + 0.3 * (hashtextextended(sum.hour_start::text, n) & 255) / 255.0 AS part) wave
"""
# Package, GB a cycle, and the speed after that (none: the customer is only told).
THRESHOLDS = (("ST10", 220, (5, 2)), ("H20", 450, (8, 4)), ("F40", 900, None))


def flow(*, base: Ground, now: datetime, zone: str) -> None:
    """Write what flowed up to the present hour, and set fair-use thresholds."""
    is_many = statements.first("SELECT count(*) FROM network_access")[0] > MANY
    hours = FEW_DAYS if is_many else HOURS_OF
    until = now.replace(minute=0, second=0, microsecond=0)
    values: dict[str, Any] = {"zone": zone, "curve": CURVE, "until": until}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT (date_trunc('day', %s AT TIME ZONE %s) - %s * interval '1 day')"
            " AT TIME ZONE %s",
            [until, zone, hours, zone],
        )
        since = cursor.fetchone()[0]
        cursor.execute(_HOURS, values | {"since": since})
        cursor.execute(_DAYS, values)
        cursor.execute(
            _OLDER,
            {
                "first": since.astimezone(ZoneInfo(zone)).date(),
                "count": DAYS - hours,
                "hours": hours,
            },
        )
        cursor.execute(_SLOTS)
        cursor.execute("ANALYZE network_usagehour, network_usageday, network_usageslot")
        keeping.make_day(now.date())
    noting.note_cycles(on=now.astimezone(ZoneInfo(zone)).date())
    alerts.find(on=now.astimezone(ZoneInfo(zone)).date())
    _thresholds(base=base, now=now)


def _thresholds(*, base: Ground, now: datetime) -> None:
    act = Act(base.staff["owner@demo.test"], now, reason="fair use as it stands in the contracts")
    for code, size, speed in THRESHOLDS:
        package = Package.objects.filter(code=code).first()
        if package is None:
            continue
        rule = FupRule(
            threshold_gb=size,
            action=FupRule.Action.THROTTLE if speed else FupRule.Action.NOTIFY,
            download_mbps=speed[0] if speed else None,
            upload_mbps=speed[1] if speed else None,
        )
        policies.add(package=package, rule=rule, act=act)
    enforcing.enforce(at=now)
