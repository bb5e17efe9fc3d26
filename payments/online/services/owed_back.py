"""Money a gateway took and we did not accept, in the books: it holds it, and we owe it (2340)."""

from dataclasses import dataclass
from decimal import Decimal

from billing.allocation.rules.accounts import CLEARING_OF
from billing.ledger.rules.chart import Chart
from billing.ledger.services import ledger
from billing.ledger.services.ledger import Line
from ispbill.core.acts import Act


@dataclass(frozen=True)
class Fact:
    """What an entry is about; it is booked once for its kind and source."""

    kind: str
    source: str
    source_id: int
    branch_id: int
    customer_id: int | None = None


def book(fact: Fact, amount: Decimal, *, provider: str, order: str, act: Act) -> None:
    """Post that so much is held and owed; negative: that it has gone back (company's currency)."""
    ledger.open_chart()
    ledger.post(
        ledger.Fact(
            kind=fact.kind,
            source_type=fact.source,
            source_id=fact.source_id,
            lines=[Line(CLEARING_OF[provider], amount), Line(Chart.OWED_BACK, -amount)],
            posted_on=act.on,
            branch_id=fact.branch_id,
            customer_id=fact.customer_id,
            memo=f"{provider} {order}",
        ),
        act=act,
    )
