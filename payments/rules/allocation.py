"""Which money pays which invoice: oldest money to oldest debt, and what is left is credit.

Amounts are `Decimal` in the company's currency, with at most two decimals.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Debt:
    """What is still due on an issued invoice."""

    invoice_id: int
    due_date: date
    amount: Decimal


@dataclass(frozen=True)
class Money:
    """What is left of a payment."""

    payment_id: int
    amount: Decimal


@dataclass(frozen=True)
class Part:
    """An amount of one payment that pays one invoice."""

    payment_id: int
    invoice_id: int
    amount: Decimal


def oldest_first(debts: Iterable[Debt], *, chosen: Collection[int] = ()) -> list[Debt]:
    """Return what is to be paid in the order it is paid: the chosen invoices, then the others.

    Within each group the earliest due date comes first, then the earliest invoice. Invoices with
    nothing due are left out.
    """
    return sorted(
        (debt for debt in debts if debt.amount > 0),
        key=lambda debt: (debt.invoice_id not in chosen, debt.due_date, debt.invoice_id),
    )


def spread(
    money: Sequence[Money], debts: Iterable[Debt], *, chosen: Collection[int] = ()
) -> list[Part]:
    """Return the parts that use up the money or pay all debts, whichever ends first.

    Payments are spent in the order given. Each pair of payment and invoice appears at most once;
    no part is zero or negative. What no part takes stays with its payment: it is credit.
    """
    parts: list[Part] = []
    waiting = iter(oldest_first(debts, chosen=chosen))
    debt = next(waiting, None)
    still_due = debt.amount if debt else Decimal(0)
    for payment in money:
        left = payment.amount
        while debt is not None and left > 0:
            amount = min(left, still_due)
            parts.append(Part(payment.payment_id, debt.invoice_id, amount))
            left -= amount
            still_due -= amount
            if still_due == 0:
                debt = next(waiting, None)
                still_due = debt.amount if debt else Decimal(0)
    return parts


def credit_after(amount: Decimal, debts: Iterable[Debt]) -> Decimal:
    """Return how much of a payment of `amount` would be left as credit."""
    due = sum((debt.amount for debt in debts if debt.amount > 0), Decimal(0))
    return max(amount - due, Decimal(0))
