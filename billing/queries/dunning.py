"""Who owes what since when: the facts a suspension rests on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from billing.rules.dunning import Decision, Facts, decide
from ispbill.core.models import Company


@dataclass(frozen=True)
class Judged:
    """One customer past due, what was decided and which services it would touch."""

    customer_id: int
    number: str
    name: str
    phone: str
    branch_id: int
    is_never_suspended: bool
    subscription_ids: list[int]  # active ones
    decision: Decision

    @property
    def is_to_be_cut(self) -> bool:
        return (
            self.decision.action == "suspend"
            and not self.is_never_suspended
            and bool(self.subscription_ids)
        )


# Customers with an open invoice past its due date, with what is open on those invoices.
_FACTS = """
    SELECT c.id, c.number, c.name, c.phone, c.branch_id, c.is_never_suspended,
           t.balance_amount, t.promised_until, i.unpaid, i.due_date,
           coalesce(s.ids, '{}'::bigint[])
    FROM customers_standing t
    JOIN customers_customer c ON c.id = t.customer_id
    JOIN LATERAL (SELECT sum(amount_due) AS unpaid, min(due_date) AS due_date
                  FROM billing_invoice
                  WHERE customer_id = c.id AND status = 'OPEN' AND amount_due > 0
                    AND due_date < %(on)s) i ON i.unpaid > 0
    LEFT JOIN LATERAL (
        SELECT array_agg(id ORDER BY id) AS ids FROM customers_subscription
        WHERE customer_id = c.id AND status = 'ACTIVE' AND mode = 'POSTPAID') s ON true
    WHERE t.oldest_due_date < %(on)s
      AND (%(ids)s::bigint[] IS NULL OR c.id = ANY(%(ids)s::bigint[]))
      AND (%(branch)s::bigint IS NULL OR c.branch_id = %(branch)s::bigint)
      AND (NOT %(active)s OR s.ids IS NOT NULL)
    ORDER BY c.id
"""


def judge(
    *,
    on: date,
    customer_ids: Iterable[int] | None = None,
    grace_days: int | None = None,
    branch_id: int | None = None,
    active_only: bool = True,
) -> list[Judged]:
    """Decide for every customer past due on the company date `on`; reads only.

    `grace_days` may differ from the company's own, to simulate. Call it again inside the
    transaction that acts, with the customers' standings locked.
    """
    company = Company.current()
    grace = company.grace_days if grace_days is None else grace_days
    ids = None if customer_ids is None else list(customer_ids)
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"on": on, "ids": ids, "branch": branch_id, "active": active_only})
        rows = cursor.fetchall()
    return [
        _judged(row, on=on, grace=grace, minimum=company.minimum_suspend_amount) for row in rows
    ]


def next_cuts(*, on: date, days: int = 7, branch_id: int | None = None) -> dict[date, int]:
    """Return how many customers would be cut on each of the coming days if nobody paid."""
    upcoming = dict.fromkeys((on + timedelta(days=step) for step in range(days)), 0)
    for judged in judge(on=on, branch_id=branch_id):
        day = judged.decision.suspends_on
        if day is not None and not judged.is_never_suspended:
            day = max(day, on)
            if day in upcoming:
                upcoming[day] += 1
    return upcoming


def _judged(row: tuple[object, ...], *, on: date, grace: int, minimum: Decimal) -> Judged:
    pk, number, name, phone, branch, never, balance, promised, unpaid, due, ids = row
    facts = Facts(
        on=on,
        balance=balance,  # type: ignore[arg-type]
        unpaid_amount=unpaid,  # type: ignore[arg-type]
        due_date=due,  # type: ignore[arg-type]
        grace_days=grace,
        minimum_amount=minimum,
        promised_until=promised,  # type: ignore[arg-type]
    )
    return Judged(
        customer_id=pk,  # type: ignore[arg-type]
        number=str(number),
        name=str(name),
        phone=str(phone),
        branch_id=branch,  # type: ignore[arg-type]
        is_never_suspended=bool(never),
        subscription_ids=list(ids),  # type: ignore[call-overload]
        decision=decide(facts),
    )
