"""Which of some customers a billing run would write nothing for, and why."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from billing.queries import plan
from billing.queries.plan import Scope
from billing.queries.plan_statement import DUE

# One service speaks for a customer: the one that comes nearest to being billed.
_LEFT_OUT = f"""
    SELECT DISTINCT ON (k.name, k.id) k.number, k.name, coalesce(w.why, 'NO_SERVICE'),
           w.billed_until
    FROM customers_customer k
    LEFT JOIN (
        SELECT v.customer_id, b.billed_until,
               CASE WHEN v.mode <> %(mode)s THEN 'PREPAID'
                    WHEN v.status = 'PENDING' OR b.billed_until IS NULL THEN 'PENDING'
                    WHEN v.status = 'SUSPENDED' AND NOT EXISTS (
                        SELECT 1 FROM customers_suspension p
                        WHERE p.subscription_id = v.id AND p.ended_at IS NULL AND p.is_billed)
                        THEN 'SUSPENDED'
                    WHEN b.parked_at IS NOT NULL THEN 'PARKED'
                    WHEN b.billed_until <= %(horizon)s AND EXISTS (
                        SELECT 1 FROM customers_suspension r
                        WHERE r.subscription_id = v.id AND r.ended_at IS NOT NULL
                          AND r.settled_at IS NULL AND NOT r.is_billed AND r.kind <> 'PREPAID'
                          AND b.billed_until < lower(r.span)) THEN 'RETURNED'
                    ELSE 'NOT_DUE' END AS why
        FROM customers_subscription v
        LEFT JOIN billing_schedule b ON b.subscription_id = v.id
        WHERE v.customer_id = ANY(%(customers)s::bigint[]) AND v.status <> 'CANCELLED'
    ) w ON w.customer_id = k.id
    WHERE k.id = ANY(%(customers)s::bigint[])
      AND NOT EXISTS (SELECT 1 {DUE} AND h.customer_id = k.id)
    ORDER BY k.name, k.id, array_position(
        ARRAY['NOT_DUE', 'RETURNED', 'PARKED', 'SUSPENDED', 'PENDING', 'PREPAID'], w.why),
        w.billed_until
"""  # noqa: S608 - of this file


@dataclass(frozen=True)
class LeftOut:
    """A customer without an invoice in a run, and why.

    `why` is NOT_DUE, RETURNED, PARKED, SUSPENDED, PENDING, PREPAID or NO_SERVICE.
    """

    number: str
    name: str
    why: str
    billed_until: date | None


def of(scope: Scope) -> list[LeftOut]:
    """Return who of a scope's chosen customers has nothing due, by name."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT_OUT, plan.parameters(scope))
        return [LeftOut(*row) for row in cursor.fetchall()]
