"""What a billing run would write: one row a line, in a temporary table, made by one statement.

The preview and the run plan with the same statement, so what was shown is what is done. Nothing
permanent is written here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from billing.queries.plan_statement import DUE, INVOICES, LOCK, PLAN
from billing.queries.plan_stubs import price_by_rule
from billing.rules.chart import Chart
from billing.rules.proration import Policy
from ispbill.core.models import Company

CHUNK = 10_000


@dataclass(frozen=True)
class Scope:
    """What to bill: everything that starts on or before `horizon`, maybe of one day or branch."""

    horizon: date
    bill_day: int | None = None
    branch_id: int | None = None
<<<<<<< HEAD
    mode: str = "POSTPAID"  # prepaid services renew from credit, a few at a time


# Services whose next period starts by the horizon. Suspended ones are billed when their
# suspension says so; prepaid ones renew from their balance instead.
DUE = """
    FROM billing_schedule h
    JOIN customers_subscription s ON s.id = h.subscription_id
    JOIN customers_customer c ON c.id = h.customer_id
    WHERE h.billed_until <= %(horizon)s
      AND s.mode = %(mode)s
      AND (s.status = 'ACTIVE' OR (s.status = 'SUSPENDED' AND EXISTS (
            SELECT 1 FROM customers_suspension p
            WHERE p.subscription_id = s.id AND p.ended_at IS NULL AND p.is_billed)))
      AND (%(bill_day)s::int IS NULL OR s.billing_day = %(bill_day)s::int)
      AND (%(branch)s::bigint IS NULL OR c.branch_id = %(branch)s::bigint)
      AND (%(only)s::bigint[] IS NULL OR s.id = ANY(%(only)s::bigint[]))
"""

_LOCK = "FOR NO KEY UPDATE OF h"


def _anchor(on: str, months: str = "0") -> str:
    """SQL for the billing date `months` after the month of `on`: the day, or the month's last."""
    first = f"date_trunc('month', ({on})::timestamp) + make_interval(months => {months})"
    following = f"date_trunc('month', ({on})::timestamp) + make_interval(months => {months} + 1)"
    return f"least(({first})::date + (d.billing_day - 1), ({following})::date - 1)"


PLAN = f"""
    CREATE TEMPORARY TABLE billing_plan ON COMMIT DROP AS
    WITH due AS (
        SELECT s.id AS subscription_id, h.customer_id, c.branch_id, h.billed_until AS start_on,
               s.billing_day, s.price_amount AS price, s.package_id,
               CASE s.cycle WHEN 'MONTHLY' THEN 1 WHEN 'QUARTERLY' THEN 3 ELSE 12 END AS months,
               CASE WHEN c.is_tax_exempt THEN 0 ELSE %(tax_rate)s::numeric(6,5) END AS tax_rate,
               c.language
        {DUE}
          AND h.customer_id > %(after)s AND h.customer_id <= %(upto)s
        {_LOCK}
    ),
    this_month AS MATERIALIZED (
        SELECT d.*, {_anchor("d.start_on")} AS anchor FROM due d
    ),
    bounds AS MATERIALIZED (
        SELECT d.*, d.anchor = d.start_on AS whole,
               CASE WHEN d.anchor = d.start_on
                    THEN {_anchor("d.start_on", "d.months")}
                    WHEN d.anchor > d.start_on THEN d.anchor
                    ELSE {_anchor("d.start_on", "1")}
               END AS end_on
        FROM this_month d
    ),
    periods AS MATERIALIZED (
        SELECT d.*, CASE WHEN d.whole THEN d.start_on
                         ELSE {_anchor("d.end_on", "-d.months")}
                    END AS period_start
        FROM bounds d
    ),
    shares AS MATERIALIZED (
        SELECT p.*, end_on - start_on AS days, end_on - period_start AS divisor,
               CASE WHEN whole THEN 1.000000000
                    ELSE round((end_on - start_on)::numeric / (end_on - period_start), 9)
               END::numeric(10,9) AS ratio
        FROM periods p
    ),
    amounts AS MATERIALIZED (
        SELECT a.*, round(a.price * a.ratio, 2)::numeric(14,2) AS net FROM shares a
    )
    SELECT a.subscription_id, a.customer_id, a.branch_id, a.start_on, a.end_on, a.period_start,
           a.whole, a.price, a.net, a.tax_rate,
           round(a.net * a.tax_rate, 2)::numeric(14,2) AS tax,
           greatest(a.start_on, %(issued_on)s::date) AS due_date,
           CASE WHEN a.language = 'bn' AND k.local_name <> '' THEN k.local_name ELSE k.name END
               AS description,
           jsonb_build_object(
               'version', 1, 'policy', 'anchor', 'method', 'share',
               'start', a.start_on, 'end', a.end_on, 'days', a.days,
               'period', jsonb_build_object('start', a.period_start, 'end', a.end_on, 'days', a.divisor),
               'price', a.price::text, 'divisor', a.divisor, 'whole', a.whole,
               'ratio', a.ratio::text, 'cap', NULL, 'amount', a.net::text,
               'formula', CASE WHEN a.whole THEN 'whole period = ' || a.net
                          ELSE a.days || ' of ' || a.divisor || ' days × ' || a.price || ' = ' || a.net END,
               'rounding', jsonb_build_object('mode', 'half-up', 'ratio_decimals', 9, 'decimals', 2)
           ) AS explanation
    FROM amounts a
    JOIN customers_package k ON k.id = a.package_id
"""

INVOICES = """
    CREATE TEMPORARY TABLE billing_plan_invoice ON COMMIT DROP AS
    SELECT customer_id, branch_id, due_date, sum(net)::numeric(14,2) AS net,
           sum(tax)::numeric(14,2) AS tax, count(*) AS lines,
           NULL::bigint AS invoice_id, NULL::bigint AS entry_id, NULL::bigint AS place
    FROM billing_plan
    GROUP BY customer_id, branch_id, due_date
    HAVING sum(net) > 0
"""
=======
    mode: str = "POSTPAID"
>>>>>>> 42fb870 (Bill discounts, add-ons, price steps and several taxes in the one statement)


def bounds(scope: Scope, *, after: int, size: int = CHUNK) -> tuple[list[int], int]:
    """Return the customer ids at which chunks end, and how many customers are due in all."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH due AS (SELECT DISTINCT h.customer_id {DUE} AND h.customer_id > %(after)s),
                 placed AS (SELECT customer_id, row_number() OVER (ORDER BY customer_id) AS place,
                                   count(*) OVER () AS customers FROM due)
            SELECT customer_id, customers FROM placed
            WHERE place %% %(size)s = 0 OR place = customers ORDER BY customer_id
            """,
            {**parameters(scope), "after": after, "size": size},
        )
        rows = cursor.fetchall()
    return [row[0] for row in rows], int(rows[0][1]) if rows else 0


def make(
    scope: Scope,
    *,
    issued_on: date,
    after: int,
    upto: int,
    only: Sequence[int] | None = None,
    is_locked: bool = True,
) -> int:
    """Plan the due lines of the customers in (after, upto]; return how many lines there are.

    Locks the schedules it reads, so two runs over the same customers wait for each other; a
    preview (`is_locked` false) only looks. `only` narrows to these services (ids). The tables
    `billing_plan` and `billing_plan_invoice` live until the transaction ends.
    """
    company = Company.current()
    values = {
        **parameters(scope),
        "after": after,
        "upto": upto,
        "tax_rate": company.tax_rate,
        "issued_on": issued_on,
        "only": None if only is None else list(only),
        "policy": company.proration.lower(),
        "defers": company.defers_revenue,
        "revenue": int(Chart.INTERNET_REVENUE),
        "addons": int(Chart.ADDON_REVENUE),
        "deferred": int(Chart.DEFERRED_REVENUE),
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS billing_plan, billing_plan_invoice")
        cursor.execute(PLAN if is_locked else PLAN.replace(LOCK, ""), values)
        lines = int(cursor.rowcount)
        if lines and company.proration != Company.Proration.ANCHOR:
            lines = price_by_rule(cursor, Policy(company.proration.lower()))
        cursor.execute(INVOICES, values)
        # Only the columns joined on: sampling the explanations would cost more than it saves.
        cursor.execute("ANALYZE billing_plan (subscription_id, customer_id, due_date)")
        cursor.execute("ANALYZE billing_plan_invoice (customer_id, due_date)")
    return lines


def parameters(scope: Scope) -> dict[str, Any]:
    return {"horizon": scope.horizon, "bill_day": scope.bill_day, "branch": scope.branch_id,
            "mode": scope.mode, "only": None}  # fmt: skip
