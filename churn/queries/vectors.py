"""What is known of every customer in use, as of a moment: one statement, one row a customer.

Everything counts only if it was *recorded* before `at`, in its state of then: a service's row is
read from its kept versions (`audit_rowversion`), an allocation counts unless it was released by
then, a bill paid later is open. Nothing reads a counter or a flag of today; the exception is the
place a customer lives at (areas of outages).

`tests/churn/queries/test_vectors.py` takes away all that was recorded later and asks again.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from churn.rules.features import NAMES
from network.outages.queries.reach import INSIDE

_AT_A_TIME = 5_000


class Known(NamedTuple):
    """A customer in use: what is at stake a month, in company currency, and the vector."""

    customer_id: int
    branch_id: int
    monthly_amount: Decimal
    vector: list[float | None]  # in the order of `features.FEATURES`


# A service as its row stood: the version that was replaced first after the moment, or the row.
_SERVICES = """
    rows_then AS (
        SELECT s.id, s.customer_id, coalesce(v.data, to_jsonb(s)) AS was
        FROM customers_subscription s
        LEFT JOIN LATERAL (
            SELECT data FROM audit_rowversion
            WHERE "table" = 'customers_subscription' AND row_id = s.id AND valid_to >= %(at)s
            ORDER BY valid_to, id LIMIT 1) v ON true
        WHERE s.created_at < %(at)s),
    services AS (
        SELECT id, customer_id, was->>'status' AS status, was->>'mode' AS mode,
               (was->>'activated_on')::date AS activated_on,
               CASE was->>'cycle' WHEN 'QUARTERLY' THEN 3 WHEN 'ANNUAL' THEN 12 ELSE 1 END
                 AS months,
               (was->>'price_amount')::numeric AS price
        FROM rows_then),
    people AS (
        SELECT customer_id, min(activated_on) AS since,
               sum(price / months) FILTER (WHERE status = 'ACTIVE') AS monthly,
               max(months) FILTER (WHERE status = 'ACTIVE') AS cycle,
               bool_or(mode = 'PREPAID') FILTER (WHERE status = 'ACTIVE') AS is_prepaid
        FROM services WHERE activated_on IS NOT NULL AND activated_on <= %(on)s
        GROUP BY customer_id
        HAVING bool_or(status = 'ACTIVE') AND min(activated_on) <= %(on)s - 30),
"""
# Bills due in the last six months and whatever is still open, with the day they were settled by.
_BILLS = """
    bills AS (
        SELECT i.customer_id, i.due_date, i.total_amount - coalesce(c.amount, 0) AS asked,
               coalesce(p.amount, 0) AS paid, p.last_at
        FROM billing_invoice i
        LEFT JOIN LATERAL (
            SELECT sum(amount) AS amount, max(at) AS last_at FROM billing_allocation a
            WHERE a.invoice_id = i.id AND a.at < %(at)s
              AND (a.released_at IS NULL OR a.released_at >= %(at)s)) p ON true
        LEFT JOIN LATERAL (
            SELECT sum(total_amount) AS amount FROM billing_creditnote n
            WHERE n.invoice_id = i.id AND n.issued_at < %(at)s) c ON true
        WHERE i.issued_at < %(at)s AND i.due_date < %(on)s
          AND NOT EXISTS (
            SELECT FROM billing_journalentry e
            WHERE e.source_type = 'invoice' AND e.source_id = i.id AND e.kind = 'REVERSAL'
              AND e.posted_on < %(on)s)),
    lateness AS (
        SELECT customer_id, due_date, asked > paid AS is_open, asked - paid AS left_open,
               CASE WHEN asked > paid THEN %(on)s - due_date
                    WHEN last_at IS NULL THEN 0
                    ELSE greatest(0, (last_at AT TIME ZONE %(zone)s)::date - due_date) END AS days
        FROM bills),
    payment AS (
        SELECT customer_id,
               count(*) FILTER (WHERE days > 0 AND is_recent) AS late_bills,
               count(*) FILTER (WHERE days >= 30 AND is_recent) AS very_late_bills,
               avg(days) FILTER (WHERE due_date >= %(on)s - interval '3 months')
                 - avg(days) FILTER (WHERE is_recent AND due_date < %(on)s - interval '3 months')
                 AS lateness_trend,
               coalesce(max(days) FILTER (WHERE is_open), 0) AS overdue_days,
               coalesce(sum(left_open) FILTER (WHERE is_open), 0) AS overdue
        FROM (SELECT *, due_date >= %(on)s - interval '6 months' AS is_recent FROM lateness) l
        GROUP BY customer_id),
    mandates AS (
        SELECT DISTINCT customer_id FROM payments_mandate
        WHERE signed_at < %(at)s AND (ended_at IS NULL OR ended_at >= %(at)s)),
    cuts AS (
        SELECT customer_id, count(*) AS cuts FROM customers_suspension
        WHERE kind = 'NON_PAYMENT' AND started_at < %(at)s
          AND started_at >= %(at)s - interval '6 months'
        GROUP BY customer_id),
"""
# Whether a ticket was open is what the trail says last of it; its row and counters are of today.
_CONTACT = """
    moves AS (
        SELECT DISTINCT ON (target_id) target_id::bigint AS ticket_id, action
        FROM audit_auditevent
        WHERE action IN ('ticket.resolved', 'ticket.closed', 'ticket.reopened') AND at < %(at)s
        ORDER BY target_id, at DESC, id DESC),
    unresolved AS (
        SELECT t.customer_id, max(extract(epoch FROM %(at)s - t.opened_at) / 86400) AS days
        FROM tickets_ticket t LEFT JOIN moves m ON m.ticket_id = t.id
        WHERE t.opened_at < %(at)s AND coalesce(m.action, 'ticket.reopened') = 'ticket.reopened'
        GROUP BY t.customer_id),
    tickets AS (
        SELECT customer_id, count(*) AS tickets FROM tickets_ticket
        WHERE opened_at < %(at)s AND opened_at >= %(at)s - interval '90 days'
        GROUP BY customer_id),
    reopened AS (
        SELECT customer_id, count(*) AS reopened FROM audit_auditevent
        WHERE action = 'ticket.reopened' AND at < %(at)s AND at >= %(at)s - interval '180 days'
        GROUP BY customer_id),
    answers AS (
        SELECT customer_id,
               (array_agg(stars ORDER BY answered_at DESC) FILTER (WHERE stars IS NOT NULL))[1]
                 AS stars,
               (array_agg(nps ORDER BY answered_at DESC) FILTER (WHERE nps IS NOT NULL))[1] AS nps
        FROM (SELECT customer_id, stars, nps, answered_at FROM tickets_survey
              UNION ALL
              SELECT customer_id, NULL, score, answered_at FROM tickets_opinion) said
        WHERE answered_at < %(at)s AND answered_at >= %(at)s - interval '180 days'
        GROUP BY customer_id),
"""
# Overlapping outages count once; one that is not over counts up to now.
_OUTAGES = f"""
    downtimes AS (
        SELECT c.id AS customer_id,
               tstzrange(greatest(s.started_at, %(at)s - interval '90 days'),
                         least(coalesce(s.ended_at, %(at)s), %(at)s)) AS span
        FROM network_outagescope s
        JOIN network_outage o ON o.id = s.outage_id AND o.created_at < %(at)s
        JOIN customers_area top ON top.id = s.area_id
        JOIN customers_area a ON {INSIDE}
        JOIN customers_customer c ON c.area_id = a.id
        WHERE s.started_at < %(at)s
          AND (s.ended_at IS NULL OR s.ended_at > %(at)s - interval '90 days')
        UNION ALL
        SELECT l.customer_id,
               tstzrange(greatest(s.started_at, %(at)s - interval '90 days'),
                         least(coalesce(s.ended_at, %(at)s), %(at)s))
        FROM network_outagescope s
        JOIN network_outage o ON o.id = s.outage_id AND o.created_at < %(at)s
        JOIN network_access l ON l.router_id = s.router_id
        WHERE s.started_at < %(at)s
          AND (s.ended_at IS NULL OR s.ended_at > %(at)s - interval '90 days')),
    outage AS (
        SELECT customer_id, sum(extract(epoch FROM upper(r) - lower(r))) / 3600 AS hours
        FROM (SELECT customer_id, unnest(range_agg(span)) AS r
              FROM downtimes WHERE NOT isempty(span) GROUP BY customer_id) d
        GROUP BY customer_id),
"""  # noqa: S608 - composed from the constant above
# Unknown where nothing was counted at all; a drop is told from half of the days on.
_USE = """
    use AS (
        SELECT customer_id,
               sum(total_bytes) FILTER (WHERE date >= %(on)s - 28) AS now,
               sum(total_bytes) FILTER (WHERE date < %(on)s - 28) AS before,
               count(DISTINCT date) FILTER (WHERE date < %(on)s - 28) AS days_before,
               14 - count(DISTINCT date) FILTER (WHERE date >= %(on)s - 14 AND total_bytes > 0)
                 AS silent
        FROM network_usageday WHERE date >= %(on)s - 56 AND date < %(on)s
        GROUP BY customer_id),
    speed AS (
        SELECT customer_id, percentile_cont(0.5) WITHIN GROUP (
                   ORDER BY download_mbps / nullif(sold_download_mbps, 0)) AS ratio
        FROM network_speedtest
        WHERE finished_at < %(at)s AND finished_at >= %(at)s - interval '90 days'
          AND download_mbps IS NOT NULL
        GROUP BY customer_id),
"""
# A rise is the same package at a higher price than the version before.
_PRICE = """
    downgrades AS (
        SELECT DISTINCT g.customer_id FROM billing_packagechange g
        JOIN customers_package f ON f.id = g.package_from_id
        JOIN customers_package w ON w.id = g.package_to_id
        WHERE g.requested_at < %(at)s AND g.requested_at >= %(at)s - interval '90 days'
          AND g.status <> 'QUOTED' AND w.download_mbps < f.download_mbps),
    prices AS (
        SELECT t.customer_id, v.data->>'package_id' AS package,
               (v.data->>'price_amount')::numeric AS price,
               lead((v.data->>'price_amount')::numeric, 1, (t.was->>'price_amount')::numeric)
                 OVER w AS next_price,
               lead(v.data->>'package_id', 1, t.was->>'package_id') OVER w AS next_package
        FROM rows_then t JOIN audit_rowversion v
          ON v."table" = 'customers_subscription' AND v.row_id = t.id AND v.valid_to < %(at)s
             AND v.valid_to >= %(at)s - interval '120 days'
        WINDOW w AS (PARTITION BY t.id ORDER BY v.valid_to, v.id)),
    rises AS (
        SELECT customer_id, max(next_price / price - 1) AS rise FROM prices
        WHERE price > 0 AND next_price > price AND package = next_package GROUP BY customer_id),
    discounts AS (
        SELECT DISTINCT customer_id FROM billing_discount
        WHERE granted_at < %(at)s AND upper(span) > %(on)s AND upper(span) <= %(on)s + 60),
    terms AS (
        SELECT customer_id, max(ends_on) AS ends_on FROM contracts_contract
        WHERE signed_at < %(at)s AND (over_at IS NULL OR over_at >= %(at)s) AND ends_on >= %(on)s
        GROUP BY customer_id),
    leaving AS (
        SELECT DISTINCT customer_id FROM billing_plannedmove
        WHERE kind = 'TERMINATION' AND planned_at < %(at)s AND upper_inf(span)
          AND lower(span) >= %(on)s AND status <> 'WITHDRAWN')
"""
_COLUMNS = {
    "late_bills": "coalesce(payment.late_bills, 0)",
    "very_late_bills": "coalesce(payment.very_late_bills, 0)",
    "lateness_trend": "payment.lateness_trend",
    "overdue_days": "coalesce(payment.overdue_days, 0)",
    "overdue_ratio": "coalesce(payment.overdue / nullif(p.monthly, 0), 0)",
    "auto_pay": "(mandates.customer_id IS NOT NULL)::int",
    "cuts": "coalesce(cuts.cuts, 0)",
    "tickets": "coalesce(tickets.tickets, 0)",
    "reopened": "coalesce(reopened.reopened, 0)",
    "oldest_unresolved": "coalesce(unresolved.days, 0)",
    "stars": "answers.stars",
    "nps": "answers.nps",
    "outage_hours": "coalesce(outage.hours, 0)",
    "usage_ratio": "CASE WHEN use.days_before >= 14 THEN use.now / nullif(use.before, 0) END",
    "silent_days": "use.silent",
    "speed_ratio": "speed.ratio",
    "downgrade_asked": "(downgrades.customer_id IS NOT NULL)::int",
    "largest_rise": "coalesce(rises.rise, 0)",
    "discount_ending": "(discounts.customer_id IS NOT NULL)::int",
    "tenure": "ln(1 + (%(on)s - p.since) / 30.4375)",
    "contract_ending": "coalesce((terms.ends_on <= %(on)s + 60)::int, 0)",
    "contract_longer": "coalesce((terms.ends_on > %(on)s + 60)::int, 0)",
    "cycle_months": "p.cycle",
    "prepaid": "p.is_prepaid::int",
}
_TABLES = (
    "payment", "mandates", "cuts", "tickets", "reopened", "unresolved", "answers", "outage", "use",
    "speed", "downgrades", "rises", "discounts", "terms",
)  # fmt: skip
_SELECT = f"""
    WITH {_SERVICES} {_BILLS} {_CONTACT} {_OUTAGES} {_USE} {_PRICE}
    SELECT p.customer_id, c.branch_id, round(p.monthly, 2),
           ARRAY[{", ".join(f"({_COLUMNS[name]})::float8" for name in NAMES)}]
    FROM people p JOIN customers_customer c ON c.id = p.customer_id
    {" ".join(f"LEFT JOIN {one} ON {one}.customer_id = p.customer_id" for one in _TABLES)}
    WHERE NOT EXISTS (SELECT FROM leaving l WHERE l.customer_id = p.customer_id)
      AND c.archived_at IS NULL AND c.erased_at IS NULL
    ORDER BY p.customer_id
"""  # noqa: S608 - composed from the constants above


def known(*, at: datetime, on: date, zone: str) -> Iterator[list[Known]]:
    """Yield every customer in use for thirty days or more, as of a moment, some thousand at a time.

    `on` is the company's day that begins at `at`; `zone` the company's time zone. Whose service is
    planned to end is left out.
    """
    given: dict[str, Any] = {"at": at, "on": on, "zone": zone}
    with connection.chunked_cursor() as cursor:
        cursor.execute(_SELECT, given)
        while rows := cursor.fetchmany(_AT_A_TIME):
            yield [Known(*row) for row in rows]
