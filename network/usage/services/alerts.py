"""Look for odd usage. It decides nothing: a person looks, and says what it was."""

from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from network.usage.models import UsageAlert

SILENT = timedelta(days=30)
HEAVY_TIMES, HEAVY_LEAST_LINES = 4, 20
JUMP_TIMES, JUMP_LEAST_GB, JUMP_LEAST_DAYS = 3, 20, 7

# Thirty days beside the median of the package.
_HEAVY = """
    WITH used AS (
        SELECT d.subscription_id, s.package_id, sum(d.total_bytes) AS size
        FROM network_usageday d JOIN customers_subscription s ON s.id = d.subscription_id
        WHERE d.date >= %(on)s::date - 30 AND d.date < %(on)s AND d.source <> 'ESTIMATED'
        GROUP BY 1, 2
    ), usual AS (
        SELECT package_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY size) AS median
        FROM used GROUP BY 1 HAVING count(*) >= %(least)s
    )
    SELECT subscription_id, 'HEAVY',
           round(size / 1e9)::text || ' GB > ' || %(times)s || ' x ' || round(median / 1e9) || ' GB'
    FROM used JOIN usual USING (package_id) WHERE size > %(times)s * median
"""
# Yesterday beside the mean of the fourteen days before.
_JUMP = """
    WITH before AS (
        SELECT subscription_id, avg(total_bytes) AS mean FROM network_usageday
        WHERE date >= %(on)s::date - 15 AND date < %(on)s::date - 1 AND source <> 'ESTIMATED'
        GROUP BY 1 HAVING count(*) >= %(days)s
    )
    SELECT d.subscription_id, 'JUMP',
           round(d.total_bytes / 1e9)::text || ' GB > ' || %(times)s || ' x '
           || round(mean / 1e9) || ' GB'
    FROM network_usageday d JOIN before USING (subscription_id)
    WHERE d.date = %(on)s::date - 1 AND d.total_bytes > %(times)s * mean
      AND d.total_bytes >= mean + %(more)s
"""
# One alert of a kind is enough while it is open, and nothing for a while after somebody looked.
_KEEP = """
    INSERT INTO network_usagealert (subscription_id, kind, "on", detail, state, reason)
    SELECT f.subscription_id, f.kind, %(on)s::date - 1, f.detail, 'OPEN', ''
    FROM ({found}) AS f (subscription_id, kind, detail)
    WHERE NOT EXISTS (
        SELECT FROM network_usagealert a
        WHERE a.subscription_id = f.subscription_id AND a.kind = f.kind
          AND (a.state <> 'DISMISSED' OR a.silent_until > %(on)s::date))
    ORDER BY 1
    ON CONFLICT (subscription_id, kind, "on") DO NOTHING
"""


@transaction.atomic
def find(*, on: date) -> int:
    """Look at the days before `on`; return how many new alerts there are."""
    heavy: dict[str, Any] = {"on": on, "times": HEAVY_TIMES, "least": HEAVY_LEAST_LINES}
    jump: dict[str, Any] = {
        "on": on,
        "times": JUMP_TIMES,
        "days": JUMP_LEAST_DAYS,
        "more": JUMP_LEAST_GB * 10**9,
    }
    with connection.cursor() as cursor:
        cursor.execute(_KEEP.format(found=_HEAVY), heavy)
        count = cursor.rowcount
        cursor.execute(_KEEP.format(found=_JUMP), jump)
        return int(count + cursor.rowcount)


@transaction.atomic
def dismiss(*, alert: UsageAlert, act: Act) -> None:
    """Put an alert aside with a reason; the same says nothing for thirty days."""
    trail.begin(act=act)
    reason = trail.required_reason(act.reason)
    alert = UsageAlert.objects.select_for_update(no_key=True).get(pk=alert.pk)
    if alert.state == UsageAlert.State.DISMISSED:
        return
    alert.state, alert.reason = UsageAlert.State.DISMISSED, reason
    alert.silent_until = act.on + SILENT
    alert.save(update_fields=["state", "reason", "silent_until"])
    events.record(
        act=act,
        action="usage.alert_dismissed",
        target=alert,
        customer_id=alert.subscription.customer_id,
        after={"kind": alert.kind, "on": alert.on.isoformat()},
    )
