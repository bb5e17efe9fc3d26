"""The flows of each day: movements of recurring revenue from the terms, money from the books."""

from datetime import date

from django.db import connection

from ispbill.reports.rules.measures import CELL, FLOWS

_CELL = ", ".join(CELL)
_SUMS = ", ".join(f"coalesce(sum({name}), 0)" for name in FLOWS)
_ANY = " OR ".join(f"sum({name}) <> 0" for name in FLOWS)

# Where the money of a customer belongs on a day: the term of the service it is about, else that of
# the first service; the last one known when the customer has none any more. The branch is the
# document's own.
PLACE = """
    LEFT JOIN LATERAL (
        SELECT t.area_id, t.package_id, t.reseller_id FROM reports_serviceterm t
        WHERE t.customer_id = {of}.customer_id AND t.starts_on <= {of}.day
        ORDER BY t.subscription_id IS DISTINCT FROM {of}.subscription_id,
                 t.ends_on IS NOT NULL AND t.ends_on <= {of}.day, t.line_no, t.starts_on DESC
        LIMIT 1
    ) place ON true
"""

# One row for what changed at each turn of a service's life, with the cells before and after.
STEPS = """
    SELECT n.starts_on AS day, n.subscription_id, n.customer_id, n.line_no,
           coalesce(p.status, 'PENDING') AS was, n.status AS now,
           coalesce(p.monthly_amount, 0) AS before, n.monthly_amount AS after,
           p.branch_id AS old_branch, p.area_id AS old_area, p.package_id AS old_package,
           p.reseller_id AS old_reseller, n.branch_id, n.area_id, n.package_id, n.reseller_id,
           (p.branch_id, p.area_id, p.package_id, p.reseller_id)
               IS NOT DISTINCT FROM (n.branch_id, n.area_id, n.package_id, n.reseller_id) AS stays,
           (p.status IS NULL OR p.status = 'PENDING') AND n.status = 'ACTIVE'
           AND EXISTS (SELECT FROM reports_serviceterm e
                       WHERE e.customer_id = n.customer_id
                         AND e.subscription_id <> n.subscription_id
                         AND e.status = 'ACTIVE' AND e.ends_on <= n.starts_on)
           AND NOT EXISTS (SELECT FROM reports_serviceterm e
                           WHERE e.customer_id = n.customer_id
                             AND e.subscription_id <> n.subscription_id
                             AND e.status IN ('ACTIVE', 'PAUSED')
                             AND e.starts_on < n.starts_on
                             AND (e.ends_on IS NULL OR e.ends_on >= n.starts_on)) AS returns
    FROM reports_serviceterm n
    LEFT JOIN reports_serviceterm p
      ON p.subscription_id = n.subscription_id AND p.ends_on = n.starts_on
    WHERE n.starts_on >= %(since)s AND n.starts_on <= %(until)s
"""

# Each step gives one row to the cell it arrives in, and one to the cell it leaves when it moves.
MOVES = f"""
    SELECT day, subscription_id, customer_id, line_no, branch_id, area_id, package_id, reseller_id,
           was, now, before, after, stays, returns, false AS leaves
    FROM ({STEPS}) s WHERE now = 'ACTIVE' OR was <> 'ACTIVE'
    UNION ALL
    SELECT day, subscription_id, customer_id, line_no, old_branch, old_area, old_package,
           old_reseller, was, now, before, after, stays, returns, true
    FROM ({STEPS}) s WHERE was = 'ACTIVE' AND (now <> 'ACTIVE' OR NOT stays)
"""

# The movements of a row of MOVES, each told once here and asked for by name elsewhere.
KINDS = {
    "new": "now = 'ACTIVE' AND was = 'PENDING' AND NOT returns AND NOT leaves",
    "returned": "now = 'ACTIVE' AND was = 'PENDING' AND returns AND NOT leaves",
    "resumed": "now = 'ACTIVE' AND was = 'PAUSED' AND NOT leaves",
    "expansion": "now = 'ACTIVE' AND was = 'ACTIVE' AND after > before AND NOT leaves",
    "contraction": "now = 'ACTIVE' AND was = 'ACTIVE' AND after < before AND NOT leaves",
    "churned": "was = 'ACTIVE' AND now = 'ENDED' AND leaves",
    "paused": "was = 'ACTIVE' AND now = 'PAUSED' AND leaves",
    "moved_in": "now = 'ACTIVE' AND was = 'ACTIVE' AND NOT stays AND NOT leaves",
    "moved_out": "now = 'ACTIVE' AND was = 'ACTIVE' AND NOT stays AND leaves",
    "added": "was = 'PENDING' AND now IN ('ACTIVE', 'PAUSED') AND NOT leaves",
    "cancelled": "now = 'ENDED' AND (leaves OR was = 'PAUSED')",
}
WORTH = {
    "new": "after",
    "returned": "after",
    "resumed": "after",
    "expansion": "after - before",
    "contraction": "before - after",
    "churned": "before",
    "paused": "before",
    "moved_in": "before",
    "moved_out": "-before",
    "added": "after",
    "cancelled": "before",
}


def _measure(kind: str) -> tuple[str, str]:
    case = KINDS[kind]
    return f"CASE WHEN {case} THEN {WORTH[kind]} ELSE 0 END", f"CASE WHEN {case} THEN 1 ELSE 0 END"


def _movement_columns() -> dict[str, str]:
    columns = dict.fromkeys(FLOWS, "0")
    for kind in ("new", "expansion", "contraction", "returned", "resumed", "churned", "paused"):
        columns[f"{kind}_amount"], columns[f"{kind}_count"] = _measure(kind)
    came, went = _measure("moved_in"), _measure("moved_out")
    columns["moved_amount"] = f"{came[0]} + {went[0]}"
    columns["moved_count"] = f"{came[1]} - {went[1]}"
    columns["added_count"] = _measure("added")[1]
    columns["cancelled_count"] = _measure("cancelled")[1]
    columns["services_change"] = (
        "CASE WHEN now = 'ACTIVE' AND NOT leaves AND (was <> 'ACTIVE' OR NOT stays) THEN 1"
        " WHEN leaves THEN -1 ELSE 0 END"
    )
    return columns


def _select(columns: dict[str, str]) -> str:
    return ", ".join(columns[name] for name in FLOWS)


_MOVEMENTS = f"""
    SELECT day, {_CELL}, {_select(_movement_columns())} FROM ({MOVES}) m
"""

# A customer counts once, where the first of the services in use is.
_COUNTED = """
    SELECT DISTINCT ON (d.customer_id, d.day) d.day, t.branch_id, t.area_id, t.package_id,
           t.reseller_id
    FROM turned d
    JOIN reports_serviceterm t ON t.customer_id = d.customer_id AND t.status = 'ACTIVE'
     AND t.starts_on <= d.day - {back} AND (t.ends_on IS NULL OR t.ends_on > d.day - {back})
    ORDER BY d.customer_id, d.day, t.line_no
"""
_one = dict.fromkeys(FLOWS, "0")
_CUSTOMERS = f"""
    SELECT day, {_CELL}, {_select({**_one, "customers_change": "change"})}
    FROM (SELECT *, 1 AS change FROM ({_COUNTED.format(back=0)}) a
          UNION ALL SELECT *, -1 FROM ({_COUNTED.format(back=1)}) b) c
"""

# What was billed, line by line; a void one takes back on the day it was made void.
BILLED = """
    SELECT e.posted_on AS day, e.branch_id, e.customer_id, l.subscription_id, e.id AS entry_id,
           CASE WHEN e.kind = 'INVOICE' THEN l.net_amount ELSE -l.net_amount END AS net,
           CASE WHEN e.kind = 'INVOICE' THEN l.tax_amount ELSE -l.tax_amount END AS tax
    FROM billing_journalentry e
    LEFT JOIN billing_journalentry r ON r.id = e.reverses_id
    JOIN billing_invoiceline l ON l.invoice_id = e.source_id
    WHERE e.posted_on >= %(since)s AND e.posted_on <= %(until)s AND e.source_type = 'invoice'
      AND (e.kind = 'INVOICE' OR r.kind = 'INVOICE')
"""
# Everything else that moved what customers owe (account 1100), told apart by what it was.
SETTLED = """
    SELECT e.posted_on AS day, e.branch_id, p.customer_id, NULL::bigint AS subscription_id,
           e.id AS entry_id, p.amount,
           CASE WHEN e.kind = 'PAYMENT' THEN 'collected'
                WHEN e.source_type IN ('payment', 'refund') THEN 'returned_money'
                WHEN coalesce(r.kind, e.kind) LIKE 'WRITE%%OFF' THEN 'written_off'
                WHEN coalesce(r.kind, e.kind) LIKE 'CREDIT%%'
                  OR e.source_type LIKE 'credit%%' THEN 'credited'
                ELSE 'other' END AS what
    FROM billing_journalentry e
    JOIN billing_posting p ON p.entry_id = e.id AND p.account_id = 1100
    LEFT JOIN billing_journalentry r ON r.id = e.reverses_id
    WHERE e.posted_on >= %(since)s AND e.posted_on <= %(until)s
      AND NOT (e.source_type = 'invoice' AND (e.kind = 'INVOICE' OR coalesce(r.kind, '') = 'INVOICE'))
"""
_PLACED = (
    "b.branch_id, coalesce(place.area_id, 0), coalesce(place.package_id, 0),"
    " coalesce(place.reseller_id, 0)"
)
_settled = {
    **_one,
    "collected_amount": "CASE WHEN b.what = 'collected' THEN -b.amount ELSE 0 END",
    "returned_money_amount": "CASE WHEN b.what = 'returned_money' THEN b.amount ELSE 0 END",
    "credited_amount": "CASE WHEN b.what = 'credited' THEN -b.amount ELSE 0 END",
    "written_off_amount": "CASE WHEN b.what = 'written_off' THEN -b.amount ELSE 0 END",
    "other_amount": "CASE WHEN b.what = 'other' THEN b.amount ELSE 0 END",
}
_BILLED = f"""
    SELECT b.day, {_PLACED},
           {_select({**_one, "billed_net_amount": "b.net", "billed_tax_amount": "b.tax"})}
    FROM ({BILLED}) b {PLACE.format(of="b")}
"""
_SETTLED = f"""
    SELECT b.day, {_PLACED}, {_select(_settled)} FROM ({SETTLED}) b {PLACE.format(of="b")}
"""

FLOWS_OF_DAYS = f"""
    WITH turned AS MATERIALIZED (
        SELECT DISTINCT customer_id, starts_on AS day FROM reports_serviceterm
        WHERE starts_on >= %(since)s AND starts_on <= %(until)s
    ),
    parts (day, {_CELL}, {", ".join(FLOWS)}) AS (
        {_MOVEMENTS} UNION ALL {_CUSTOMERS} UNION ALL {_BILLED} UNION ALL {_SETTLED}
    )
    SELECT day, {_CELL}, {_SUMS} FROM parts GROUP BY day, {_CELL} HAVING {_ANY}
"""


def write(*, since: date, until: date) -> int:
    """Make the flows of the days from `since` to `until` anew; return how many rows they are."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_dayfigure WHERE day >= %s", [since])
        cursor.execute(
            f"INSERT INTO reports_dayfigure (day, {_CELL}, {', '.join(FLOWS)}) {FLOWS_OF_DAYS}",
            {"since": since, "until": until},
        )
        return int(cursor.rowcount)
