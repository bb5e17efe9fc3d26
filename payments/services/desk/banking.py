"""Cash between the safe of a branch and the bank, with the number of the bank's slip."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.rules.chart import Chart
from billing.services import ledger
from billing.services.ledger import Line
from ispbill.accounts.models import Branch, User
from ispbill.audit.services import events, trail
from ispbill.core import clock, formats
from ispbill.core.errors import DomainError
from ispbill.core.money import ZERO
from payments.models import CashBanking
from payments.queries import tills as facts
from payments.services import settlement
from payments.services.desk import tills

Way = CashBanking.Way


class BankingRefused(DomainError):
    """The safe does not hold that much, or the slip has no number."""


@transaction.atomic
def move(
    *, branch: Branch, way: str, amount: Decimal, slip_number: str, idempotency_key: str,
    at: datetime, actor: User,
) -> CashBanking:  # fmt: skip
    """Book cash taken to the bank (CASH to BANK) or fetched from it; the same key twice is once.

    Raises AmountRefused, BankingRefused.
    """
    trail.begin(actor=actor, at=at, reason=f"cash and the bank: slip {slip_number}")
    settlement.check_amount(amount)
    slip_number = slip_number.strip()[:60]
    if not slip_number:
        raise BankingRefused(_("Write the number of the bank's slip."))
    # Lock.
    tills.lock_safe(branch.pk)
    # Decide.
    earlier = CashBanking.objects.filter(idempotency_key=idempotency_key).first()
    if earlier is not None:
        return earlier
    in_safe = facts.safe_amount(branch.pk)
    if way == Way.TO_BANK and amount > in_safe:
        raise BankingRefused(
            _("The safe holds %(amount)s by the books.")
            % {"amount": formats.money(max(in_safe, ZERO))}
        )
    # Change.
    done = CashBanking.objects.create(
        branch=branch, way=Way(way), amount=amount, slip_number=slip_number,
        idempotency_key=idempotency_key, moved_on=clock.local_date(at), moved_at=at,
        moved_by=actor,
    )  # fmt: skip
    change = -amount if way == Way.TO_BANK else amount
    day = tills.open_day(branch.pk, done.moved_on)
    ledger.open_chart()
    ledger.post(
        kind="CASH_BANKING", source_type="cash_banking", source_id=done.pk,
        lines=[Line(Chart.CASH, change), Line(Chart.BANK, -change)],
        posted_on=day, at=at, branch_id=branch.pk, customer_id=None, actor=actor,
        memo=slip_number,
    )  # fmt: skip
    # Trail.
    events.record(
        at=at, actor=actor, action="cash.banked", target=done, label=slip_number,
        branch_id=branch.pk, after={"way": way, "amount": amount, "slip": slip_number},
    )  # fmt: skip
    return done
