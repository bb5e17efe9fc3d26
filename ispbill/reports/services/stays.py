"""From when to when somebody was a customer, made anew from services and suspensions.

See `churn.queries.leaving` for what counts as away; docs/algorithms/mrr.md for the worked example.
"""

from datetime import date

from django.db import connection

from churn.queries.leaving import ABSENT, LEFT_AFTER_DAYS, USED
from ispbill.reports.rules.measures import CELL

_CELL = ", ".join(CELL)

# Stretches in use that lie less than thirty days apart are one stay. One that goes on at the end of
# the day `on` has no end.
_STAYS = f"""
    WITH used AS ({USED.format(which="v.activated_on <= %(on)s")}),
    piece AS (
        SELECT customer_id, lower(r) AS starts,
               CASE WHEN upper(r) <= %(on)s THEN upper(r) END AS ends
        FROM used CROSS JOIN LATERAL unnest(days) AS r WHERE lower(r) <= %(on)s
    ), numbered AS (
        SELECT customer_id, starts, ends,
               sum(is_anew) OVER (PARTITION BY customer_id ORDER BY starts) AS stay_no
        FROM (SELECT *, CASE WHEN starts - lag(ends) OVER in_order < %(enough)s THEN 0 ELSE 1
                        END AS is_anew
              FROM piece WINDOW in_order AS (PARTITION BY customer_id ORDER BY starts)) p
    ), stay AS (
        SELECT customer_id, stay_no, min(starts) AS began_on,
               CASE WHEN count(*) = count(ends) THEN max(ends) END AS away_since
        FROM numbered GROUP BY customer_id, stay_no
    ), told AS (
        SELECT *, CASE WHEN away_since + %(enough)s <= %(on)s::date + 1 THEN away_since
                  END AS left_on, coalesce(away_since - 1, %(on)s) AS last_on
        FROM stay
    )
    INSERT INTO reports_stay (customer_id, stay_no, began_on, away_since, left_on, left_because,
                              monthly_amount, {_CELL})
    SELECT s.customer_id, s.stay_no, s.began_on, s.away_since, s.left_on,
           CASE WHEN s.away_since IS NULL THEN '' ELSE coalesce(cause.why, 'NOT_TOLD') END,
           coalesce(paid.amount, 0), coalesce(place.branch_id, c.branch_id),
           coalesce(place.area_id, c.area_id), coalesce(place.package_id, 0),
           coalesce(place.reseller_id, 0)
    FROM told s
    JOIN customers_customer c ON c.id = s.customer_id
    LEFT JOIN LATERAL (
        SELECT t.branch_id, t.area_id, t.package_id, t.reseller_id FROM reports_serviceterm t
        WHERE t.customer_id = s.customer_id AND t.starts_on <= s.last_on
        ORDER BY t.ends_on IS NOT NULL AND t.ends_on <= s.last_on, t.line_no, t.starts_on DESC
        LIMIT 1
    ) place ON true
    LEFT JOIN LATERAL (
        SELECT sum(t.monthly_amount) AS amount FROM reports_serviceterm t
        WHERE t.customer_id = s.customer_id AND t.starts_on <= s.last_on
          AND (t.ends_on IS NULL OR t.ends_on > s.last_on)
    ) paid ON true
    LEFT JOIN LATERAL (
        SELECT why FROM (
            SELECT 0 AS place, v.line_no, coalesce(nullif(v.left_because, ''), 'NOT_TOLD') AS why
            FROM customers_subscription v
            WHERE v.customer_id = s.customer_id AND v.cancelled_on = s.away_since
            UNION ALL
            SELECT 1, v.line_no,
                   CASE WHEN p.kind IN ('FRAUD', 'POLICY') THEN 'BY_US' ELSE 'NON_PAYMENT' END
            FROM customers_suspension p JOIN customers_subscription v ON v.id = p.subscription_id
            WHERE v.customer_id = s.customer_id AND lower(p.span) = s.away_since
              AND p.kind IN {ABSENT}
        ) told ORDER BY place, line_no LIMIT 1
    ) cause ON s.away_since IS NOT NULL
"""


def write(*, until: date) -> int:
    """Make the stays anew, as they stand at the end of a company date; return how many they are."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_stay")
        cursor.execute(_STAYS, {"on": until, "enough": LEFT_AFTER_DAYS})
        return int(cursor.rowcount)
