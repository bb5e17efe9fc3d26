"""The life of each service as terms: what it counted, where, on which days (docs/algorithms/mrr.md).

Terms are a function of the rows as they stand: the service's own dates, its suspensions, discounts
and add-ons by their spans, and price, package, cycle, branch, area and reseller by the versions
that triggers keep of the rows. So a building of one night and a building of everything give the
same, and what was entered late changes the days it belongs to.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

COLUMNS = (
    "subscription_id", "customer_id", "line_no", "starts_on", "ends_on", "status",
    "monthly_amount", "branch_id", "area_id", "package_id", "reseller_id",
)  # fmt: skip

# All services of each customer of whom a service may have changed since what was last seen.
TOUCHED = """
    SELECT s.id AS subscription_id, s.customer_id FROM customers_subscription s
    WHERE s.customer_id IN (
        SELECT customer_id FROM customers_subscription WHERE id > %(last_subscription)s
        UNION SELECT x.customer_id FROM audit_rowversion v
              JOIN customers_subscription x ON x.id = v.row_id
              WHERE v.id > %(last_version)s AND v."table" = 'customers_subscription'
        UNION SELECT v.row_id FROM audit_rowversion v
              WHERE v.id > %(last_version)s AND v."table" = 'customers_customer'
        {more}
    )
"""
# What a night looks at besides: whatever carries dates that come true by themselves.
DATED = """
        UNION SELECT customer_id FROM customers_suspension WHERE ended_at IS NULL
        UNION SELECT x.customer_id FROM audit_rowversion v
              JOIN customers_suspension x ON x.id = v.row_id
              WHERE v.id > %(last_version)s AND v."table" = 'customers_suspension'
        UNION SELECT customer_id FROM billing_discount
        UNION SELECT customer_id FROM customers_subscriptionaddon
"""
EVERY = "SELECT id AS subscription_id, customer_id FROM customers_subscription"

_VERSIONS = """
    SELECT DISTINCT ON (v.row_id, until_on) v.row_id, until_on, v.data
    FROM audit_rowversion v
    JOIN {owners} o ON o.{key} = v.row_id
    CROSS JOIN LATERAL (SELECT (v.valid_to AT TIME ZONE %(zone)s)::date AS until_on) d
    WHERE v."table" = '{table}'
    ORDER BY v.row_id, until_on, v.valid_to, v.id
"""

# Reductions of a month's price on a day; how several work together is the rule of charging.
_REDUCED = """
    SELECT greatest(
        coalesce(max(r.value) FILTER (WHERE NOT r.is_stackable), 0),
        coalesce(sum(r.value) FILTER (WHERE r.is_stackable), 0))
    FROM (SELECT x.is_stackable, coalesce(x.amount, p.price * x.rate) AS value
          FROM billing_discount x WHERE x.subscription_id = p.subscription_id AND x.span @> p.day) r
"""
_ADDED = """
    SELECT coalesce(sum(x.quantity * x.price_amount), 0) FROM customers_subscriptionaddon x
    WHERE x.subscription_id = p.subscription_id AND x.starts_on <= p.day
      AND (x.ends_on IS NULL OR x.ends_on > p.day)
"""

_SERVICE_VERSIONS = _VERSIONS.format(owners="subs", key="id", table="customers_subscription")
_CUSTOMER_VERSIONS = _VERSIONS.format(owners="owners", key="id", table="customers_customer")
_FRESH = f"""
    subs AS MATERIALIZED (
        SELECT s.id, s.customer_id, s.line_no, s.activated_on, s.cancelled_on, s.package_id,
               s.price_amount, s.cycle,
               least((s.created_at AT TIME ZONE %(zone)s)::date, s.activated_on, s.cancelled_on)
                   AS born_on
        FROM customers_subscription s JOIN {{touched}} t ON t.subscription_id = s.id
    ),
    owners AS MATERIALIZED (
        SELECT c.id, c.branch_id, c.area_id, coalesce(c.reseller_id, 0) AS reseller_id
        FROM customers_customer c WHERE c.id IN (SELECT customer_id FROM subs)
    ),
    service_rows AS (
        SELECT id AS row_id, 'infinity'::date AS until_on, package_id, price_amount, cycle FROM subs
        UNION ALL
        SELECT v.row_id, v.until_on, (v.data ->> 'package_id')::bigint,
               (v.data ->> 'price_amount')::numeric, v.data ->> 'cycle'
        FROM ({_SERVICE_VERSIONS}) v
    ),
    service_spans AS MATERIALIZED (
        SELECT row_id AS subscription_id, until_on, package_id,
               lag(until_on, 1, '-infinity'::date) OVER (PARTITION BY row_id ORDER BY until_on)
                   AS from_on,
               price_amount / CASE cycle WHEN 'MONTHLY' THEN 1 WHEN 'QUARTERLY' THEN 3 ELSE 12 END
                   AS price
        FROM service_rows
    ),
    owner_rows AS (
        SELECT id AS row_id, 'infinity'::date AS until_on, branch_id, area_id, reseller_id
        FROM owners
        UNION ALL
        SELECT v.row_id, v.until_on, (v.data ->> 'branch_id')::bigint,
               (v.data ->> 'area_id')::bigint, coalesce((v.data ->> 'reseller_id')::bigint, 0)
        FROM ({_CUSTOMER_VERSIONS}) v
    ),
    owner_spans AS MATERIALIZED (
        SELECT row_id AS customer_id, until_on, branch_id, area_id, reseller_id,
               lag(until_on, 1, '-infinity'::date) OVER (PARTITION BY row_id ORDER BY until_on)
                   AS from_on
        FROM owner_rows
    ),
    points AS (
        SELECT id AS subscription_id, born_on AS day FROM subs
        UNION SELECT id, activated_on FROM subs
        UNION SELECT id, cancelled_on FROM subs
        UNION SELECT subscription_id, from_on FROM service_spans
        UNION SELECT s.id, o.from_on FROM owner_spans o JOIN subs s USING (customer_id)
        UNION SELECT s.id, b.day FROM customers_suspension x JOIN subs s ON s.id = x.subscription_id
              CROSS JOIN LATERAL (VALUES (lower(x.span)), (upper(x.span))) b (day)
              WHERE NOT x.is_billed
        UNION SELECT s.id, b.day FROM billing_discount x JOIN subs s ON s.id = x.subscription_id
              CROSS JOIN LATERAL (VALUES (lower(x.span)), (upper(x.span))) b (day)
        UNION SELECT s.id, b.day
              FROM customers_subscriptionaddon x JOIN subs s ON s.id = x.subscription_id
              CROSS JOIN LATERAL (VALUES (x.starts_on), (x.ends_on)) b (day)
    ),
    pieces AS MATERIALIZED (
        SELECT s.id AS subscription_id, s.customer_id, s.line_no, p.day, v.package_id, v.price,
               o.branch_id, o.area_id, o.reseller_id,
               CASE WHEN s.cancelled_on <= p.day THEN 'ENDED'
                    WHEN s.activated_on IS NULL OR p.day < s.activated_on THEN 'PENDING'
                    WHEN EXISTS (SELECT FROM customers_suspension x WHERE x.subscription_id = s.id
                                 AND x.span @> p.day AND NOT x.is_billed) THEN 'PAUSED'
                    ELSE 'ACTIVE' END AS status
        FROM points p
        JOIN subs s ON s.id = p.subscription_id
        JOIN service_spans v
          ON v.subscription_id = s.id AND v.from_on <= p.day AND p.day < v.until_on
        JOIN owner_spans o
          ON o.customer_id = s.customer_id AND o.from_on <= p.day AND p.day < o.until_on
        WHERE p.day >= s.born_on AND p.day < 'infinity'
          AND (s.cancelled_on IS NULL OR p.day <= s.cancelled_on)
    ),
    priced AS (
        SELECT p.*, CASE WHEN p.status = 'ACTIVE' THEN greatest(
                   round(greatest(p.price - ({_REDUCED}), 0) + ({_ADDED}), 2), 0)
               ELSE 0 END::numeric(14,2) AS monthly_amount
        FROM pieces p
    ),
    signed AS (
        SELECT *, concat_ws(' ', status, monthly_amount, branch_id, area_id, package_id, reseller_id)
                   AS sign
        FROM priced
    ),
    turns AS (
        SELECT *, lag(sign) OVER (PARTITION BY subscription_id ORDER BY day)
                   IS DISTINCT FROM sign AS is_turn
        FROM signed
    ),
    fresh AS (
        SELECT subscription_id, customer_id, line_no, day AS starts_on,
               lead(day) OVER (PARTITION BY subscription_id ORDER BY day) AS ends_on,
               status, monthly_amount, branch_id::int, area_id::int, package_id::int,
               reseller_id::int
        FROM turns WHERE is_turn
    )
"""


def fresh(touched: str) -> str:
    """Return the CTEs that end in `fresh`: the terms of the services in the relation `touched`.

    Of several versions of one day the first holds until that day, so the day itself belongs to
    what came last on it.
    """
    return _FRESH.format(touched=touched)


@dataclass(frozen=True)
class Seen:
    """What an earlier building had seen: the highest ids of then."""

    last_version: int = 0
    last_subscription: int = 0


_SAME = " AND ".join(
    f"f.{column} IS NOT DISTINCT FROM t.{column}"
    for column in COLUMNS
    if column not in ("subscription_id", "starts_on")
)
_ALIKE = " AND ".join(
    f"f.{column} IS NOT DISTINCT FROM t.{column}"
    for column in COLUMNS
    if column not in ("subscription_id", "starts_on", "ends_on")
)
_NAMES = ", ".join(COLUMNS)
# A term that only ends on another day changed on the earlier of both; any other difference is one
# from the term's first day.
_CHANGED = f"""
    CREATE TEMPORARY TABLE reports_changed ON COMMIT DROP AS
    SELECT t.id, t.subscription_id, t.starts_on,
           CASE WHEN f.subscription_id IS NOT NULL AND {_ALIKE}
                      THEN least(t.ends_on, f.ends_on) ELSE t.starts_on END AS changed_on
    FROM reports_serviceterm t
    JOIN reports_touched u ON u.subscription_id = t.subscription_id
    LEFT JOIN reports_fresh f
      ON f.subscription_id = t.subscription_id AND f.starts_on = t.starts_on
    WHERE f.subscription_id IS NULL OR NOT ({_SAME})
"""
_ADDED_AND_DAYS = f"""
    WITH added AS (
        INSERT INTO reports_serviceterm ({_NAMES})
        SELECT {_NAMES} FROM reports_fresh f
        WHERE NOT EXISTS (SELECT FROM reports_serviceterm t
                          WHERE t.subscription_id = f.subscription_id
                            AND t.starts_on = f.starts_on)
        ORDER BY subscription_id, starts_on
        RETURNING subscription_id, starts_on
    ),
    -- what took a changed term's place changed when that one did
    days AS (
        SELECT changed_on AS day FROM reports_changed
        UNION ALL
        SELECT a.starts_on FROM added a
        WHERE NOT EXISTS (
            SELECT FROM reports_changed c
            WHERE c.subscription_id = a.subscription_id AND c.starts_on = a.starts_on)
    )
    SELECT min(day) FROM days
"""


def refresh(*, zone: str, since: Seen | None) -> date | None:
    """Bring the terms up to date in the present transaction; return the first day that changed.

    `since` None looks at every service. None is returned when no term changed.
    """
    values: dict[str, Any] = {"zone": zone}
    if since is None:
        touched = EVERY
    else:
        touched = TOUCHED.format(more=DATED)
        values |= {"last_version": since.last_version, "last_subscription": since.last_subscription}
    _gather(touched, values)
    return _replace()


def _gather(touched: str, values: dict[str, Any]) -> None:
    """Reckon the terms of the services touched anew, beside those that stand."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS reports_touched, reports_fresh, reports_changed")
        cursor.execute(
            f"CREATE TEMPORARY TABLE reports_touched ON COMMIT DROP AS {touched}", values
        )
        cursor.execute("ANALYZE reports_touched")
        cursor.execute(
            f"CREATE TEMPORARY TABLE reports_fresh ON COMMIT DROP AS"
            f" WITH {fresh('reports_touched')} SELECT {_NAMES} FROM fresh",
            values,
        )
        cursor.execute("CREATE INDEX ON reports_fresh (subscription_id, starts_on)")
        cursor.execute("ANALYZE reports_fresh")


def _replace() -> date | None:
    """Put fresh terms in the place of those that differ; return the first day that changed."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED)
        cursor.execute(
            "DELETE FROM reports_serviceterm t USING reports_changed c WHERE t.id = c.id"
        )
        cursor.execute(_ADDED_AND_DAYS)
        day: date | None
        (day,) = cursor.fetchone()
    return day
