"""What the typed settings would mean for one made-up customer: days and amounts."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from billing.invoices.rules.periods import next_billing_date
from billing.invoices.rules.proration import Policy, prorate
from billing.ledger.rules.tax import tax_line

PRICE = Decimal("1000.00")
BILLING_DAY = 5


@dataclass(frozen=True)
class Example:
    """A customer of 1,000 a month, billed on the 5th, who starts on a day."""

    starts_on: date
    first_days: int
    first_net: Decimal
    first_gross: Decimal
    whole_gross: Decimal
    due_on: date
    made_on: date
    reminded_on: list[date]
    suspended_on: date


def of(
    *,
    on: date,
    proration: str,
    tax_rate: Decimal,
    lead_days: int,
    grace_days: int,
    reminder_offsets: list[int],
) -> Example:
    """Work the example out for a start on the company date `on`; amounts in its currency."""
    due_on = next_billing_date(on, BILLING_DAY)
    priced = prorate(
        start=on,
        end=due_on,
        billing_day=BILLING_DAY,
        price=PRICE,
        policy=Policy(proration.lower()),
        anchor_start=due_on,
    )
    net = sum((piece.amount for piece in priced.pieces), start=Decimal(0))
    return Example(
        starts_on=on,
        first_days=(due_on - on).days,
        first_net=net,
        first_gross=tax_line(net, tax_rate).gross,
        whole_gross=tax_line(PRICE, tax_rate).gross,
        due_on=due_on,
        made_on=due_on - timedelta(days=lead_days),
        reminded_on=[due_on + timedelta(days=offset) for offset in sorted(reminder_offsets)],
        suspended_on=due_on + timedelta(days=grace_days + 1),
    )
