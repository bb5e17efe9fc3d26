"""What an account still owes after a payment, until when, and whether its line waits for it.

Also read as the portal role: only tables it may read are asked.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import QuerySet

from billing.dunning.queries import ladder_place
from billing.dunning.rules.dunning import Decision
from customers.models import AccountState, Customer, Suspension


@dataclass(frozen=True)
class Remaining:
    """What remains to be paid; amounts in the company's currency, days are company dates."""

    owed: Decimal
    due_on: date | None
    """The due date of the oldest bill that is open."""
    is_paused: bool
    """A line is cut off for not paying."""
    to_resume: Decimal
    """What of it is past due: once that is paid, a paused line is switched on again."""
    pay_by: date | None
    """The last day to pay before a line is paused; None when none would be, or one is."""

    @property
    def is_all_needed(self) -> bool:
        return self.to_resume == self.owed


def of(
    customer: Customer, *, on: date, decision: Decision | None = None, may_be_cut: bool = True
) -> Remaining | None:
    """Return what remains on company date `on`; None when nothing is owed.

    `decision` is the day's decision about the customer, when it is at hand; not `may_be_cut`: no
    service of the customer is switched off.
    """
    account_state = getattr(customer, "account_state", None) or AccountState(customer=customer)
    if account_state.balance_amount <= 0:
        return None
    decision = decision or ladder_place.decided(customer, on=on)
    is_paused = may_be_cut and is_cut_off(customer.pk)
    last = None
    if decision.suspends_on is not None and not is_paused and not customer.is_never_suspended:
        last = decision.suspends_on - timedelta(days=1)
    return Remaining(
        owed=account_state.balance_amount,
        due_on=account_state.oldest_due_date,
        is_paused=is_paused,
        to_resume=decision.amount or account_state.balance_amount,
        pay_by=last if last is not None and last >= on else None,
    )


def is_cut_off(customer_id: int) -> bool:
    """Tell whether one of the customer's services is cut off for not paying."""
    return cut_off().filter(customer=customer_id).exists()


def cut_off() -> QuerySet[Suspension]:
    """Return the suspensions for not paying that last."""
    return Suspension.objects.filter(kind=Suspension.Kind.NON_PAYMENT, ended_at__isnull=True)
