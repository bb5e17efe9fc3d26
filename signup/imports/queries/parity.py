"""Whether our next bills are those the former system would have written."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.ledger.rules.tax import tax_line
from billing.pricing.queries import tariffs
from customers.models import Customer, Subscription
from signup.imports.models import Import, ImportRow
from signup.imports.rules import reading
from signup.imports.rules.reading import Way

_SHOWN = 20
_STANDS = (ImportRow.State.MADE, ImportRow.State.LIVE)


@dataclass(frozen=True)
class Difference:
    """A service whose next bill is another one here; amounts with tax."""

    customer: Customer
    theirs: Decimal
    ours: Decimal


@dataclass(frozen=True)
class Parity:
    """How many next bills were compared, and how many are equal; the first that are not."""

    compared: int
    equal: int
    differences: list[Difference]

    @property
    def share(self) -> Decimal | None:
        """The share that is equal, None where nothing was compared."""
        return Decimal(self.equal) / self.compared if self.compared else None


def of(batch: Import, way: Way, *, on: date) -> Parity:
    """Compare a whole period's bill of each service with what the file says it will be there."""
    if "next_bill" not in batch.mapping:
        return Parity(0, 0, [])
    rows = batch.rows.filter(state__in=_STANDS, subscription__isnull=False)
    rows = rows.select_related("subscription__package", "customer").order_by("row_no")
    rates: dict[int | None, Decimal] = {}
    compared = equal = 0
    found: list[Difference] = []
    for row in rows.iterator(chunk_size=1000):
        theirs = reading.read(row.cells, way).next_bill
        if theirs is None or row.subscription is None or row.customer is None:
            continue
        ours = _gross(row.subscription, row.customer, rates, on=on)
        compared += 1
        equal += theirs == ours
        if theirs != ours and len(found) < _SHOWN:
            found.append(Difference(row.customer, theirs, ours))
    return Parity(compared, equal, found)


def _gross(
    service: Subscription, customer: Customer, rates: dict[int | None, Decimal], *, on: date
) -> Decimal:
    key = service.package.tax_class_id
    if key not in rates:
        rates[key] = tariffs.tax_rate(key, on)
    rate = Decimal(0) if customer.is_tax_exempt else rates[key]
    if service.gross_amount is not None and rate:
        return service.gross_amount
    return tax_line(service.price_amount, rate).gross
