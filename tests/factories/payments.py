"""Open invoices and payments, written the way the product writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

from billing.services import invoicing
from billing.services.invoicing import NewLine
from ispbill.core.money import Taxed
from payments.services import settlement

ISSUED_AT = datetime(2026, 1, 1, 4, 0, tzinfo=UTC)
_keys = count(1)


def open_invoice(customer, amount="1150.00", due=date(2026, 1, 5)):
    """An issued invoice of one line without tax."""
    line = NewLine(
        kind="ADJUSTMENT",
        description="Internet",
        amount=Taxed(Decimal(amount), Decimal("0.00")),
        tax_rate=Decimal(0),
    )
    return invoicing.issue(
        customer=customer,
        lines=[line],
        kind="ADJUSTMENT",
        due_date=due,
        on=ISSUED_AT.date(),
        at=ISSUED_AT,
        actor=None,
    )


def paid(customer, amount="1150.00", *, at, actor=None, **values):
    """A payment settled through the one door; `is_repeat_confirmed` unless told otherwise."""
    given = {
        "method": "CASH",
        "received_by": actor,
        "received_at": at,
        "idempotency_key": f"test-{next(_keys)}",
        "is_repeat_confirmed": True,
        "actor": actor,
        **values,
    }
    return settlement.settle(customer=customer, amount=Decimal(amount), **given).payment
