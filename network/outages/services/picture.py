"""How customers use their lines and how well these work, written down each night for the list."""

from datetime import datetime, timedelta
from typing import Any

from ispbill.core import clock, statements
from network.outages.queries.reach import INSIDE

DAYS = 30

# Speed: the mean of the speed tests. Uptime: of the days since a service runs, without outages that
# were ours and not announced works. Peak: the three hours of the day with most traffic. Streaming:
# the app of the package; what is watched over the line nobody can know.
_NOTE = f"""
WITH life AS (
    SELECT customer_id,
           greatest(min(activated_on)::timestamp AT TIME ZONE %(zone)s, %(since)s) AS began
    FROM customers_subscription WHERE status = 'ACTIVE' GROUP BY 1
), down AS (
    SELECT o.id, p.area_id, p.router_id, p.started_at AS began,
           coalesce(p.ended_at, o.restored_at, %(until)s) AS ended
    FROM network_outage o JOIN network_outagescope p ON p.outage_id = o.id
    WHERE o.severity = 'DOWN' AND NOT o.is_planned AND o.not_ours_reason = ''
      AND o.state IN ('INVESTIGATING', 'IDENTIFIED', 'MONITORING', 'RESOLVED')
      AND p.started_at < %(until)s
      AND coalesce(p.ended_at, o.restored_at, %(until)s) > %(since)s
), reached AS (
    SELECT c.id AS customer_id, d.began, d.ended
    FROM down d JOIN customers_area top ON top.id = d.area_id
    JOIN customers_area a ON {INSIDE}
    JOIN customers_customer c ON c.area_id = a.id
    UNION ALL
    SELECT l.customer_id, d.began, d.ended
    FROM down d JOIN network_access l ON l.router_id = d.router_id AND l.desired_state <> 'REMOVED'
), spans AS (
    SELECT l.customer_id, range_agg(tstzrange(greatest(r.began, l.began),
                                              least(r.ended, %(until)s))) AS missed
    FROM reached r JOIN life l ON l.customer_id = r.customer_id
    WHERE r.ended > l.began AND r.began < %(until)s AND greatest(r.began, l.began)
          < least(r.ended, %(until)s)
    GROUP BY 1
), missing AS (
    SELECT customer_id, sum(extract(epoch FROM upper(one) - lower(one))) AS seconds
    FROM spans, unnest(missed) AS one GROUP BY 1
), up AS (
    SELECT l.customer_id, CASE WHEN l.began < %(until)s THEN
           trunc((100 * (1 - coalesce(m.seconds, 0)
                         / extract(epoch FROM %(until)s - l.began)))::numeric, 2) END AS percent
    FROM life l LEFT JOIN missing m ON m.customer_id = l.customer_id
), speed AS (
    SELECT customer_id, round(avg(download_mbps), 2) AS mbps FROM network_speedtest
    WHERE started_at >= %(since)s AND download_mbps IS NOT NULL GROUP BY 1
), hours AS (
    SELECT customer_id, extract(hour FROM hour_start AT TIME ZONE %(zone)s)::int AS hour,
           sum(bytes) AS bytes
    FROM (SELECT customer_id, hour_start, max(upload_bytes + download_bytes) AS bytes
          FROM network_usagehour WHERE hour_start >= %(since)s
          GROUP BY customer_id, subscription_id, hour_start) one
    GROUP BY 1, 2
), peak AS (
    SELECT DISTINCT ON (customer_id) customer_id, begins
    FROM (SELECT customer_id, (hour - back + 24) %% 24 AS begins, sum(bytes) AS bytes
          FROM hours, generate_series(0, 2) AS back GROUP BY 1, 2) w
    WHERE bytes > 0 ORDER BY customer_id, bytes DESC, begins
), apps AS (
    SELECT s.customer_id, min(o.name) AS name FROM customers_subscription s
    JOIN customers_package_ott_apps k ON k.package_id = s.package_id
    JOIN customers_ottapp o ON o.id = k.ottapp_id
    WHERE s.status = 'ACTIVE' GROUP BY 1
), found AS (
    SELECT t.customer_id, speed.mbps, up.percent, coalesce(apps.name, '') AS app,
           coalesce(lpad(peak.begins::text, 2, '0') || '–'
                    || lpad(((peak.begins + 3) %% 24)::text, 2, '0'), '') AS hours
    FROM customers_accountstate t
    LEFT JOIN speed ON speed.customer_id = t.customer_id
    LEFT JOIN up ON up.customer_id = t.customer_id
    LEFT JOIN peak ON peak.customer_id = t.customer_id
    LEFT JOIN apps ON apps.customer_id = t.customer_id
)
UPDATE customers_accountstate t
SET average_mbps = f.mbps, uptime_percent = f.percent, top_ott_app = f.app, peak_hours = f.hours
FROM found f
WHERE f.customer_id = t.customer_id
  AND (t.average_mbps, t.uptime_percent, t.top_ott_app, t.peak_hours)
      IS DISTINCT FROM (f.mbps, f.percent, f.app, f.hours)
"""  # noqa: S608 - composed from a constant


def note(*, at: datetime) -> int:
    """Write down speed, uptime, streaming app and peak hours of the last thirty days.

    Returns how many customers' facts changed; what nobody has measured is none.
    """
    until = clock.midnight(clock.local_date(at))
    values: dict[str, Any] = {
        "since": until - timedelta(days=DAYS),
        "until": until,
        "zone": str(clock.zone()),
    }
    return statements.run(_NOTE, values)
