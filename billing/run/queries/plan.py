"""What a billing run would write: one row a line, in a temporary table, made by one statement.

The preview and the run plan with the same statement, so what was shown is what is done. Nothing
permanent is written here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection

from billing.invoices.rules.proration import Policy
from billing.ledger.rules.chart import Chart
from billing.run.queries.plan_statement import DUE, IN_CHUNK, INVOICES, LOCK, PLAN
from billing.run.queries.plan_stubs import price_by_rule
from ispbill.core import statements
from ispbill.core.models import Company

# So many customers are locked at once: whoever changes or pays for one of them waits for a fraction
# of a second at most.
CHUNK = 2_000
EVERYBODY = 2**62  # above every customer id

_ACCOUNTS = {
    "revenue": int(Chart.INTERNET_REVENUE),
    "addons": int(Chart.ADDON_REVENUE),
    "deferred": int(Chart.DEFERRED_REVENUE),
}


@dataclass(frozen=True)
class Scope:
    """What to bill: everything that starts on or before `horizon`.

    Maybe of one day, one branch, or these customers (ids) only.
    """

    horizon: date
    bill_day: int | None = None
    branch_id: int | None = None
    mode: str = "POSTPAID"  # prepaid services renew from credit, a few at a time
    customers: tuple[int, ...] | None = None


def bounds(scope: Scope, *, after: int, size: int = CHUNK) -> tuple[list[int], int]:
    """Return the customer ids at which chunks end, and how many customers are due in all."""
    rows = statements.read(
        f"""
        WITH due AS (SELECT DISTINCT h.customer_id {DUE} AND h.customer_id > %(after)s),
             placed AS (SELECT customer_id, row_number() OVER (ORDER BY customer_id) AS place,
                               count(*) OVER () AS customers FROM due)
        SELECT customer_id, customers FROM placed
        WHERE place %% %(size)s = 0 OR place = customers ORDER BY customer_id
        """,
        {**parameters(scope), "after": after, "size": size},
    )
    return [row[0] for row in rows], int(rows[0][1]) if rows else 0


_LOCK_CUSTOMERS = f"""
    SELECT t.customer_id FROM customers_accountstate t
    WHERE t.customer_id IN (SELECT h.customer_id {DUE}{IN_CHUNK})
    ORDER BY t.customer_id FOR UPDATE
"""

# A customer withdraws an approved change under the portal's role, which may not lock the account:
# who holds the change has either withdrawn it before the plan is made, or finds it billed.
_LOCK_CHANGES = """
    SELECT id FROM billing_packagechange
    WHERE customer_id = ANY(%s) AND status = 'APPROVED' ORDER BY id FOR UPDATE
"""


def lock(scope: Scope, *, after: int, upto: int) -> Scope:
    """Lock the customers in (after, upto] who are due; return the scope narrowed to them.

    Comes first in the transaction that bills them. Every change of a customer takes the same lock
    first (`customers.services.account_states`), so nothing the plan rests on moves until the
    commit; a customer who becomes due while we wait for the lock is the next run's.
    """
    rows = statements.read(_LOCK_CUSTOMERS, {**parameters(scope), "after": after, "upto": upto})
    customers = tuple(row[0] for row in rows)
    lock_changes(customers)
    return replace(scope, customers=customers)


def lock_changes(customers: Sequence[int]) -> None:
    """Lock the approved package changes of customers whose accounts are locked."""
    statements.run(_LOCK_CHANGES, [list(customers)])


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
        **_ACCOUNTS,
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS billing_plan, billing_plan_invoice")
        cursor.execute(PLAN if is_locked else PLAN.replace(LOCK, ""), values)
        lines = int(cursor.rowcount)
        if lines and company.proration != Company.Proration.ANCHOR:
            lines = price_by_rule(cursor, Policy(company.proration.lower()))
        # Only the columns joined on: sampling the explanations would cost more than it saves.
        cursor.execute("ANALYZE billing_plan (subscription_id, customer_id, due_date)")
    group_into_bills(is_written=is_locked)
    return lines


def group_into_bills(*, is_written: bool = True) -> None:
    """Gather the planned lines into bills; again, when lines were taken out of the plan.

    What is going to be written gets the ids of its bills and entries, in the order of the numbers.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS billing_plan_invoice")
        cursor.execute(INVOICES, {**_ACCOUNTS, "is_written": is_written})
        cursor.execute("ANALYZE billing_plan_invoice (customer_id, due_date)")


def parameters(scope: Scope) -> dict[str, Any]:
    return {
        "horizon": scope.horizon,
        "bill_day": scope.bill_day,
        "branch": scope.branch_id,
        "mode": scope.mode,
        "only": None,
        "customers": None if scope.customers is None else list(scope.customers),
    }
