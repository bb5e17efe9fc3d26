"""Which of some customers a billing run would write nothing for, and why."""

from dataclasses import dataclass
from datetime import date

from billing.run.queries import plan
from billing.run.queries.plan import Scope
from billing.run.queries.plan_statement import DUE, HAS_RETURNED
from ispbill.core import statements

# One service speaks for a customer: the one that comes nearest to being billed.
_LEFT_OUT = f"""
    SELECT DISTINCT ON (k.name, k.id) k.number, k.name, coalesce(w.why, 'NO_SERVICE'),
           w.billed_until
    FROM customers_customer k
    LEFT JOIN (
        SELECT s.customer_id, h.billed_until,
               CASE WHEN s.mode <> %(mode)s THEN 'PREPAID'
                    WHEN s.status = 'PENDING' OR h.billed_until IS NULL THEN 'PENDING'
                    WHEN s.status = 'SUSPENDED' AND NOT EXISTS (
                        SELECT 1 FROM customers_suspension p
                        WHERE p.subscription_id = s.id AND p.ended_at IS NULL AND p.is_billed)
                        THEN 'SUSPENDED'
                    WHEN h.held_at IS NOT NULL THEN 'ON_HOLD'
                    WHEN h.billed_until <= %(horizon)s AND {HAS_RETURNED} THEN 'RETURNED'
                    ELSE 'NOT_DUE' END AS why
        FROM customers_subscription s
        LEFT JOIN billing_schedule h ON h.subscription_id = s.id
        WHERE s.customer_id = ANY(%(customers)s::bigint[]) AND s.status <> 'CANCELLED'
    ) w ON w.customer_id = k.id
    WHERE k.id = ANY(%(customers)s::bigint[])
      AND NOT EXISTS (SELECT 1 {DUE} AND h.customer_id = k.id)
    ORDER BY k.name, k.id, array_position(
        ARRAY['NOT_DUE', 'RETURNED', 'ON_HOLD', 'SUSPENDED', 'PENDING', 'PREPAID'], w.why),
        w.billed_until
"""  # noqa: S608 - of this file


@dataclass(frozen=True)
class LeftOut:
    """A customer without an invoice in a run, and why.

    `why` is NOT_DUE, RETURNED, ON_HOLD, SUSPENDED, PENDING, PREPAID or NO_SERVICE.
    """

    number: str
    name: str
    why: str
    billed_until: date | None


def of(scope: Scope) -> list[LeftOut]:
    """Return those of a scope's chosen customers who have nothing due, by name."""
    return [LeftOut(*row) for row in statements.read(_LEFT_OUT, plan.parameters(scope))]
