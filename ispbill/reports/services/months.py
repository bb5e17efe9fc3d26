"""The figures of a month: its flows summed up, what stood at its end, who paid what, who stayed.

What stands at the end is counted from the terms and the open bills themselves, not carried over:
that the flows lead from one end to the next is a proof, not an assumption.
"""

from datetime import date
from typing import Any

from django.db import connection

from ispbill.reports.queries.dues import due
from ispbill.reports.rules.measures import AGEING, CELL, COLLECTION, FLOWS, STOCKS
from ispbill.reports.rules.months import first_of, following, last_of
from ispbill.reports.services.flows import PLACE

TABLES = (
    ("reports_monthfigure", "month"),
    ("reports_collectionfigure", "paid_month"),
    ("reports_cohortfigure", "month"),
)
_CELL = ", ".join(CELL)
_ALL = (*STOCKS, *AGEING, *COLLECTION, *FLOWS)


def _select(columns: dict[str, str]) -> str:
    return ", ".join(columns.get(name, "0") for name in _ALL)


_ACCOUNT_STATE = f"""
    SELECT {_CELL}, {
    _select(
        {
            "services": "count(*) FILTER (WHERE status = 'ACTIVE')",
            "customers": "count(*) FILTER (WHERE status = 'ACTIVE' AND place = 1)",
            "paused_services": "count(*) FILTER (WHERE status = 'PAUSED')",
            "monthly_amount": "sum(monthly_amount)",
        }
    )
}
    FROM (SELECT t.*, row_number() OVER (PARTITION BY customer_id, status ORDER BY line_no) AS place
          FROM reports_serviceterm t
          WHERE t.starts_on <= %(end)s AND (t.ends_on IS NULL OR t.ends_on > %(end)s)
            AND t.status IN ('ACTIVE', 'PAUSED')) t
    GROUP BY {_CELL}
"""

# What was still owed on each bill at the end of a day: those owed now, and those settled since.
OWED = """
    SELECT i.id AS invoice_id, i.number, i.branch_id, i.customer_id, NULL::bigint AS subscription_id,
           i.issued_on AS day, i.due_date, i.total_amount,
           i.total_amount - coalesce(a.held, 0) - coalesce(c.given, 0) AS owed
    FROM (
        SELECT id FROM billing_invoice WHERE status = 'OPEN' AND amount_due > 0
        UNION SELECT invoice_id FROM billing_allocation
              WHERE at >= (%(end)s::date + 1)::timestamp AT TIME ZONE %(zone)s
        UNION SELECT source_id FROM billing_journalentry
              WHERE posted_on > %(end)s AND source_type = 'invoice' AND reverses_id IS NOT NULL
        UNION SELECT invoice_id FROM billing_creditnote WHERE issued_on > %(end)s
    ) x
    JOIN billing_invoice i ON i.id = x.id AND i.issued_on <= %(end)s
    LEFT JOIN LATERAL (
        SELECT sum(p.amount) AS held FROM billing_allocation p
        WHERE p.invoice_id = i.id AND p.at < (%(end)s::date + 1)::timestamp AT TIME ZONE %(zone)s
          AND (p.released_at IS NULL
               OR p.released_at >= (%(end)s::date + 1)::timestamp AT TIME ZONE %(zone)s)
    ) a ON true
    LEFT JOIN LATERAL (
        SELECT sum(n.total_amount) AS given FROM billing_creditnote n
        WHERE n.invoice_id = i.id AND n.issued_on <= %(end)s
    ) c ON true
    WHERE NOT EXISTS (
        SELECT FROM billing_journalentry e
        WHERE e.source_type = 'invoice' AND e.source_id = i.id AND e.kind = 'REVERSAL'
          AND e.posted_on <= %(end)s)
      AND i.total_amount > coalesce(a.held, 0) + coalesce(c.given, 0)
"""
BUCKETS = {
    "not_due_amount": "o.due_date >= %(end)s",
    "due_30_amount": "o.due_date < %(end)s AND o.due_date >= %(end)s::date - 30",
    "due_60_amount": "o.due_date < %(end)s::date - 30 AND o.due_date >= %(end)s::date - 60",
    "due_90_amount": "o.due_date < %(end)s::date - 60 AND o.due_date >= %(end)s::date - 90",
    "due_older_amount": "o.due_date < %(end)s::date - 90",
}

_AGES = f"""
    SELECT o.branch_id, coalesce(place.area_id, 0), coalesce(place.package_id, 0),
           coalesce(place.reseller_id, 0),
           {_select({name: f"sum(o.owed) FILTER (WHERE {when})" for name, when in BUCKETS.items()})}
    FROM ({OWED}) o {PLACE.format(of="o")}
    GROUP BY 1, 2, 3, 4
"""
_DUE = f"""
    SELECT b.branch_id, coalesce(place.area_id, 0), coalesce(place.package_id, 0),
           coalesce(place.reseller_id, 0),
           {_select({"due_amount": "sum(b.due)", "due_paid_amount": "sum(b.paid)"})}
    FROM ({due(since="%(month)s", until="%(end)s", ends="%(end)s")}) b {PLACE.format(of="b")}
    GROUP BY 1, 2, 3, 4
"""
_FLOWED = f"""
    SELECT {_CELL}, {_select({name: f"sum({name})" for name in FLOWS})}
    FROM reports_dayfigure WHERE day >= %(month)s AND day <= %(end)s GROUP BY {_CELL}
"""
_MONTH = f"""
    INSERT INTO reports_monthfigure (month, {_CELL}, {", ".join(_ALL)})
    SELECT %(month)s, {_CELL}, {", ".join(f"coalesce(sum({name}), 0)" for name in _ALL)}
    FROM (SELECT NULL::int AS branch_id, NULL::int AS area_id, NULL::int AS package_id,
                 NULL::int AS reseller_id, {", ".join(f"0::numeric AS {name}" for name in _ALL)}
          WHERE false
          UNION ALL {_ACCOUNT_STATE} UNION ALL {_AGES} UNION ALL {_DUE}
          UNION ALL {_FLOWED}) parts
    GROUP BY {_CELL}
"""

# Payments applied to bills, by the month of the bill; reversed in the month they were released.
_PAID = f"""
    INSERT INTO reports_collectionfigure (billed_month, paid_month, {_CELL}, amount)
    SELECT date_trunc('month', b.day)::date, %(month)s, b.branch_id, coalesce(place.area_id, 0),
           coalesce(place.package_id, 0), coalesce(place.reseller_id, 0), sum(b.amount)
    FROM (
        SELECT i.issued_on AS day, i.branch_id, i.customer_id, NULL::bigint AS subscription_id,
               m.amount
        FROM (SELECT invoice_id, amount FROM billing_allocation
              WHERE at >= %(month)s::timestamp AT TIME ZONE %(zone)s
                AND at < (%(end)s::date + 1)::timestamp AT TIME ZONE %(zone)s
              UNION ALL
              SELECT invoice_id, -amount FROM billing_allocation
              WHERE released_at >= %(month)s::timestamp AT TIME ZONE %(zone)s
                AND released_at < (%(end)s::date + 1)::timestamp AT TIME ZONE %(zone)s) m
        JOIN billing_invoice i ON i.id = m.invoice_id
    ) b {PLACE.format(of="b")}
    GROUP BY 1, 3, 4, 5, 6 HAVING sum(b.amount) <> 0
"""

# A customer's cohort is the month of the first counted day; it stays where it began. Kept are customers who
# has a service in use or switched off for a while.
BEGUN = """
    SELECT DISTINCT ON (customer_id) customer_id, date_trunc('month', starts_on)::date AS cohort,
           branch_id, area_id, package_id, reseller_id
    FROM reports_serviceterm WHERE status IN ('ACTIVE', 'PAUSED')
    ORDER BY customer_id, starts_on, line_no
"""
_KEPT = f"""
    INSERT INTO reports_cohortfigure (cohort, month, {_CELL}, began, customers, monthly_amount)
    SELECT b.cohort, %(month)s, {_CELL}, count(*), count(k.customer_id), coalesce(sum(k.amount), 0)
    FROM ({BEGUN}) b
    LEFT JOIN (SELECT customer_id, sum(monthly_amount) AS amount FROM reports_serviceterm
               WHERE starts_on <= %(end)s AND (ends_on IS NULL OR ends_on > %(end)s)
                 AND status IN ('ACTIVE', 'PAUSED') GROUP BY customer_id) k
      ON k.customer_id = b.customer_id
    WHERE b.cohort <= %(month)s
    GROUP BY b.cohort, {_CELL}
"""


def write(*, since: date, until: date, zone: str) -> int:
    """Make the months that hold the days `since` to `until` anew; return how many there are."""
    month, count = first_of(since), 0
    with connection.cursor() as cursor:
        for table, column in TABLES:
            cursor.execute(f"DELETE FROM {table} WHERE {column} >= %s", [month])
        while month <= until:
            values: dict[str, Any] = {
                "month": month,
                "end": min(last_of(month), until),
                "zone": zone,
            }
            for statement in (_MONTH, _PAID, _KEPT):
                cursor.execute(statement, values)
            month, count = following(month), count + 1
    return count
