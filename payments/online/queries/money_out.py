"""A customer's refunds and moves of the deposit, as one list."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.allocation.models import Refund
from billing.receivables.models import DepositMove

SHOWN = 10


@dataclass(frozen=True)
class MoneyOut:
    """A voucher: a refund, or a deposit taken, used or paid back."""

    number: str
    what: str
    on: date
    reason: str
    amount: Decimal


def of_customer(customer_id: int) -> list[MoneyOut]:
    """Return a customer's last vouchers, newest first; two queries."""
    refunds = Refund.objects.filter(customer=customer_id).order_by("-pk")[:SHOWN]
    moves = DepositMove.objects.filter(customer=customer_id).order_by("-pk")[:SHOWN]
    found = [
        (row.paid_at, MoneyOut(row.number, _("Refund"), row.paid_on, row.reason, row.amount))
        for row in refunds
    ] + [
        (
            row.moved_at,
            MoneyOut(row.number, str(row.get_kind_display()), row.moved_on, row.reason, row.amount),
        )
        for row in moves
    ]
    return [one for _at, one in sorted(found, key=lambda pair: pair[0], reverse=True)][:SHOWN]
