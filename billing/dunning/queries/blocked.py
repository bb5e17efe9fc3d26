"""Lines cut off for non-payment, and which of them may be switched on again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from billing.dunning.queries import policies
from billing.dunning.rules.dunning import debt, is_ignored
from ispbill.core import statements


@dataclass(frozen=True, slots=True)
class Blocked:
    """A service cut off for non-payment, and what its customer owes (company's currency)."""

    subscription_id: int
    customer_id: int
    customer_kind: str
    branch_id: int
    balance: Decimal
    unpaid: Decimal
    """What is open on bills past due."""

    @property
    def debt(self) -> Decimal:
        return debt(balance=self.balance, unpaid=self.unpaid)


_LINES = """
    SELECT p.subscription_id, p.customer_id, c.kind, c.branch_id, t.balance_amount, i.unpaid
    FROM customers_suspension p
    JOIN customers_customer c ON c.id = p.customer_id
    JOIN customers_accountstate t ON t.customer_id = p.customer_id
    CROSS JOIN LATERAL (SELECT coalesce(sum(amount_due), 0) AS unpaid FROM billing_invoice
                        WHERE customer_id = p.customer_id AND status = 'OPEN' AND amount_due > 0
                          AND due_date < %(on)s) i
    WHERE p.ended_at IS NULL AND p.kind = 'NON_PAYMENT'
      AND NOT (%(by_run)s AND p.decision ->> 'by' IS NOT DISTINCT FROM 'hand')
      AND (%(ids)s::bigint[] IS NULL OR p.customer_id = ANY(%(ids)s::bigint[]))
    ORDER BY p.subscription_id
"""


def lines(
    *, on: date, customer_ids: Iterable[int] | None = None, by_run: bool = False
) -> list[Blocked]:
    """Return the services cut off for non-payment, with what is past due on company date `on`.

    `by_run` leaves out what a person has cut.
    """
    ids = None if customer_ids is None else list(customer_ids)
    values: dict[str, Any] = {"on": on, "ids": ids, "by_run": by_run}
    return [Blocked(*row) for row in statements.read(_LINES, values)]


def cleared(
    *, on: date, customer_ids: Iterable[int] | None = None, by_run: bool = False
) -> list[Blocked]:
    """Return those whose customers owe nothing past due that counts (`rules.dunning.is_ignored`).

    To act on it, call it with the customers' account states locked.
    """
    found = lines(on=on, customer_ids=customer_ids, by_run=by_run)
    if not found:
        return []
    known = policies.in_force(on=on)
    return [
        line
        for line in found
        if is_ignored(line.debt, known.of(line.customer_kind, line.branch_id).minimum_amount)
    ]
