"""Cash between the safe of a branch and the bank, with the number of the bank's slip."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.ledger.rules.chart import Chart
from billing.ledger.services import ledger
from billing.ledger.services.ledger import Line
from billing.receivables.services import admission
from billing.tills.models import CashBanking
from billing.tills.services import tills
from ispbill.accounts.models import Branch, User
from ispbill.audit.services import events, trail
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.money import ZERO
from payments.desk.queries import tills as facts

Way = CashBanking.Way


class BankingRefused(DomainError):
    """The safe does not hold that much, or the slip has no number."""


@transaction.atomic
def move(
    *,
    branch: Branch,
    way: str,
    amount: Decimal,
    slip_number: str,
    idempotency_key: str,
    act: Act[User],
) -> CashBanking:
    """Book cash taken to the bank (CASH to BANK) or fetched from it; the same key twice is once.

    Raises AmountRefused, BankingRefused.
    """
    trail.begin(act=act.because(f"cash and the bank: slip {slip_number}"))
    admission.check_amount(amount)
    slip_number = slip_number.strip()[:60]
    if not slip_number:
        raise BankingRefused(_("Write the number of the bank's slip."))
    # Lock.
    tills.lock_safe(branch.pk)
    # Decide.
    earlier = CashBanking.objects.filter(idempotency_key=idempotency_key).first()
    if earlier is not None:
        return earlier
    if way == Way.TO_BANK:
        _refuse_more_than_held(branch, amount)
    # Change.
    done = CashBanking.objects.create(
        branch=branch,
        way=Way(way),
        amount=amount,
        slip_number=slip_number,
        idempotency_key=idempotency_key,
        moved_on=clock.local_date(act.at),
        moved_at=act.at,
        moved_by=act.actor,
    )
    _book(done, act=act)
    # Trail.
    events.record(
        act=act,
        action="cash.banked",
        target=done,
        label=slip_number,
        branch_id=branch.pk,
        after={"way": way, "amount": amount, "slip": slip_number},
    )
    return done


def _refuse_more_than_held(branch: Branch, amount: Decimal) -> None:
    in_safe = facts.safe_amount(branch.pk)
    if amount > in_safe:
        raise BankingRefused(
            _("The safe holds %(amount)s by the books.")
            % {"amount": formats.money(max(in_safe, ZERO))}
        )


def _book(done: CashBanking, *, act: Act[User]) -> None:
    change = -done.amount if done.way == Way.TO_BANK else done.amount
    day = tills.open_day(done.branch_id, done.moved_on)
    ledger.open_chart()
    ledger.post(
        ledger.Fact(
            kind="CASH_BANKING",
            source_type="cash_banking",
            source_id=done.pk,
            lines=[Line(Chart.CASH, change), Line(Chart.BANK, -change)],
            posted_on=day,
            branch_id=done.branch_id,
            customer_id=None,
            memo=done.slip_number,
        ),
        act=act,
    )
