"""Say that a line of a statement is no customer's payment: ours otherwise, or to be paid back."""

from django.db import transaction
from django.utils.translation import gettext as _

from billing.ledger.rules.chart import Chart
from billing.ledger.services import ledger
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from payments.bank.models import StatementLine, StatementPart
from payments.bank.services import booking
from payments.bank.services.booking import LineRefused

Kind = StatementPart.Kind


@transaction.atomic
def set_aside(
    *, line: StatementLine, kind: str, act: Act[User | None], account: int | None = None
) -> StatementPart:
    """Say that a line is no customer's: bank charges, an own transfer, or not for these books.

    Charges are booked to 5320, a transfer to `account`; ELSEWHERE books nothing. Raises Stale,
    ReasonMissing, LineRefused for a transfer without another account.
    """
    act = trail.begin_with_reason(act=act)
    line = booking.lock(line.pk)
    booking.check_open(line)
    ledger.open_chart()
    own = line.account.account_id
    if kind == Kind.CHARGES:
        target = int(Chart.BANK_CHARGES)
    elif kind == Kind.TRANSFER:
        if account is None or account == own:
            raise LineRefused(_("Choose the other account of the transfer."))
        if account == Chart.CASH:
            raise LineRefused(
                _("Cash taken to the bank is booked at the cash desk; it is in the books already.")
            )
        target = account
    elif kind == Kind.ELSEWHERE:
        # Nothing of it is in the books: what was held as unmatched money leaves them again.
        target = own
    else:
        raise ValueError("no way to set a line aside")
    part = StatementPart(
        line=line,
        kind=kind,
        amount=line.open_amount,
        reason=act.reason,
        at=act.at,
        by=act.actor,
        account_id=target if kind != Kind.ELSEWHERE else None,
    )
    booking.add_part(line, part, stands_at=target, act=act)
    booking.note("statement_line.set_aside", line, act=act, kind=kind)
    return part


@transaction.atomic
def pay_back(*, line: StatementLine, act: Act[User | None]) -> StatementPart:
    """Book that money nobody is known to have paid was sent back to its sender.

    The transfer itself is made at the bank; the line that shows it leave is linked to this.
    Raises Stale, ReasonMissing, LineRefused for money that went out.
    """
    act = trail.begin_with_reason(act=act)
    line = booking.lock(line.pk)
    booking.check_open(line)
    if not line.is_money_in:
        raise LineRefused(_("Only money that came in can be paid back."))
    booking.hold_unmatched(line, act=act)
    part = StatementPart(
        line=line,
        kind=Kind.RETURNED,
        amount=line.open_amount,
        reason=act.reason,
        at=act.at,
        by=act.actor,
    )
    booking.add_part(line, part, stands_at=line.account.account_id, act=act)
    booking.note("statement_line.paid_back", line, act=act)
    return part
