"""Steps of the ladder that were taken: of one customer, and those that wait for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.dunning.models import DunningEvent
from billing.dunning.rules.ladder import MESSAGES
from ispbill.core import statements

_SHOWN = 100


@dataclass(frozen=True)
class Proposal:
    """A customer the ladder proposes to cancel; amounts in the company's currency."""

    customer_number: str
    customer_name: str
    line_no: int
    connection_id: str
    invoice_number: str
    balance: Decimal
    proposed_on: date


_PROPOSALS = """
    SELECT c.number, c.name, s.line_no, s.connection_id, i.number, t.balance_amount, e."on"
    FROM billing_dunningevent e
    JOIN billing_invoice i ON i.id = e.invoice_id AND i.status = 'OPEN' AND i.amount_due > 0
    JOIN customers_customer c ON c.id = e.customer_id
    JOIN customers_accountstate t ON t.customer_id = c.id AND t.balance_amount > 0
    JOIN customers_subscription s ON s.customer_id = c.id AND s.status = 'SUSPENDED'
    WHERE e.action = 'PROPOSE_CANCEL' AND e.outcome = 'DONE'
      AND (%(branch)s::bigint IS NULL OR c.branch_id = %(branch)s::bigint)
    ORDER BY e."on", e.id, s.line_no
    LIMIT %(most)s
"""


def proposals(*, branch_id: int | None) -> list[Proposal]:
    """Return the cancellations proposed and not decided, oldest first, a hundred at most."""
    rows = statements.read(_PROPOSALS, {"branch": branch_id, "most": _SHOWN})
    return [Proposal(*row) for row in rows]


def last_messages(customer_ids: Sequence[int]) -> dict[int, date]:
    """Return when each customer was last reminded by the ladder."""
    found = DunningEvent.objects.filter(
        customer__in=list(customer_ids),
        action__in=[action.value for action in MESSAGES],
        outcome=DunningEvent.Outcome.DONE,
    )
    return {pk: on for pk, on in found.order_by("on").values_list("customer_id", "on")}
