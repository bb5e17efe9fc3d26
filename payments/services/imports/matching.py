"""Say what a line of a statement is: a customer's payment, a payment we know, or none of ours.

Locks: the customers' standings first, then the line, then what settling locks. Two people who
claim the same line wait for each other, and the second is told that it is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from billing.models import Invoice
from billing.rules.chart import Chart
from billing.services import ledger, standings
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core import clock, formats
from ispbill.core.errors import DomainError
from payments.models import (
    DepositMove,
    GatewayRefund,
    Payment,
    Refund,
    SettlementImport,
    StatementLine,
    StatementPart,
)
from payments.queries import clues
from payments.rules.accounts import ACCOUNT_OF
from payments.rules.matching import NEAR_DAYS
from payments.services import settlement
from payments.services.imports import booking, payers
from payments.services.imports.booking import LineRefused

Kind = StatementPart.Kind


class PerhapsRecorded(DomainError):
    """This money may be in the books already: `payment` has its amount and nearly its day."""

    def __init__(self, message: str, payment: Payment) -> None:
        super().__init__(message)
        self.payment = payment


@dataclass(frozen=True)
class Share:
    """What of a line one customer paid, in the company's currency."""

    customer: Customer
    amount: Decimal
    invoices: Sequence[Invoice] = ()


@transaction.atomic
def match(
    *, line: StatementLine, shares: Sequence[Share], at: datetime, actor: User | None,
    remember: bool = False, is_repeat_confirmed: bool = False,
) -> list[Payment]:  # fmt: skip
    """Make a line the payments of these customers; what the shares leave stays open.

    Raises Stale when the line is done, LineRefused for shares that do not fit it, and
    PerhapsRecorded (unless confirmed) when a customer has an unclaimed payment of that amount
    around that day: it should be linked, or the same money would be there twice.
    """
    trail.begin(actor=actor, at=at, reason=f"bank statement line {line.pk} matched")
    standings.lock(sorted({share.customer.pk for share in shares}))
    line = booking.lock(line.pk)
    booking.check_open(line)
    _check_shares(line, shares)
    if not is_repeat_confirmed:
        _ask_about_recorded(line, shares)
    if len(shares) > 1 or shares[0].amount != line.open_amount:
        booking.park(line, at=at, actor=actor)
    made = [_settle(line, share, at=at, actor=actor) for share in shares]
    # Settling has named its own reason; what follows belongs to the line again.
    trail.begin(actor=actor, at=at, reason=f"bank statement line {line.pk} matched")
    if remember and len({share.customer.pk for share in shares}) == 1:
        payers.remember(line=line, customer=shares[0].customer, at=at, actor=actor)
    booking.note(
        "statement_line.matched", line, at=at, actor=actor, payments=len(made),
        customers=[share.customer.pk for share in shares],
    )  # fmt: skip
    return made


@transaction.atomic
def link(
    *, line: StatementLine, at: datetime, actor: User | None, remember: bool = False,
    payment: Payment | None = None, refund: Refund | None = None,
    deposit_move: DepositMove | None = None, payout: SettlementImport | None = None,
    paid_back: StatementPart | None = None,
) -> StatementPart:  # fmt: skip
    """Say that a line is something the books know already; no second payment is made.

    Raises Stale when the line or the other one is taken, LineRefused when amounts differ.
    """
    trail.begin(actor=actor, at=at, reason=f"bank statement line {line.pk} matched")
    owner = next((one.customer_id for one in (payment, refund, deposit_move) if one), None)
    if owner is not None:
        standings.lock([owner])
    line = booking.lock(line.pk)
    booking.check_open(line)
    part = StatementPart(line=line, amount=line.open_amount, at=at, by=actor, customer_id=owner)
    if payment is not None:
        payment = Payment.objects.select_for_update().get(pk=payment.pk)
        if payment.status != Payment.Status.COMPLETED:
            raise LineRefused(_("This payment does not stand any more."))
        part.kind, part.payment, part.amount = Kind.PAYMENT, payment, payment.amount
        stands_at = int(settlement.landed_in(payment))
    elif refund is not None:
        if GatewayRefund.objects.filter(refund=refund).exists():
            raise LineRefused(_("This money went back through its gateway, not from the bank."))
        part.kind, part.refund, part.amount = Kind.REFUND, refund, -refund.amount
        stands_at = int(ACCOUNT_OF[refund.method])
    elif deposit_move is not None:
        sign = 1 if deposit_move.kind == DepositMove.Kind.TAKEN else -1
        part.kind, part.deposit_move = Kind.DEPOSIT, deposit_move
        part.amount = sign * deposit_move.amount
        stands_at = int(ACCOUNT_OF[deposit_move.method])
    elif payout is not None:
        part.kind, part.payout, part.amount = Kind.PAYOUT, payout, payout.net_amount
        stands_at = payout.bank_account.account_id
        if payout.state != SettlementImport.State.BOOKED:
            raise LineRefused(_("Book the settlement first."))
    elif paid_back is not None:
        part.kind, part.returns, part.amount = Kind.RETURN, paid_back, -paid_back.amount
        stands_at = paid_back.line.account.account_id
    else:
        raise ValueError("a line is linked to something")
    _check_fits(line, part.amount)
    _check_free(part)
    if part.amount != line.open_amount:
        booking.park(line, at=at, actor=actor)
    booking.add_part(line, part, stands_at=stands_at, at=at, actor=actor)
    if remember and payment is not None:
        payers.remember(line=line, customer=payment.customer, at=at, actor=actor)
    booking.note(
        "statement_line.linked", line, at=at, actor=actor, kind=part.kind,
        customers=[owner] if owner else [],
    )  # fmt: skip
    return part


@transaction.atomic
def set_aside(
    *, line: StatementLine, kind: str, reason: str, at: datetime, actor: User | None,
    account: int | None = None,
) -> StatementPart:  # fmt: skip
    """Say that a line is no customer's: bank charges, an own transfer, or not for these books.

    Charges are booked to 5320, a transfer to `account`; ELSEWHERE books nothing. Raises Stale,
    ReasonMissing, LineRefused for a transfer without another account.
    """
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
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
        # Nothing of it is in the books: what was parked leaves them again.
        target = own
    else:
        raise ValueError("no way to set a line aside")
    part = StatementPart(
        line=line, kind=kind, amount=line.open_amount, reason=reason, at=at, by=actor,
        account_id=target if kind != Kind.ELSEWHERE else None,
    )  # fmt: skip
    booking.add_part(line, part, stands_at=target, at=at, actor=actor)
    booking.note("statement_line.set_aside", line, at=at, actor=actor, reason=reason, kind=kind)
    return part


@transaction.atomic
def pay_back(
    *, line: StatementLine, reason: str, at: datetime, actor: User | None
) -> StatementPart:
    """Book that money nobody is known to have paid was sent back to its sender.

    The transfer itself is made at the bank; the line that shows it leave is linked to this.
    Raises Stale, ReasonMissing, LineRefused for money that went out.
    """
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
    line = booking.lock(line.pk)
    booking.check_open(line)
    if not line.is_money_in:
        raise LineRefused(_("Only money that came in can be paid back."))
    booking.park(line, at=at, actor=actor)
    part = StatementPart(
        line=line, kind=Kind.RETURNED, amount=line.open_amount, reason=reason, at=at, by=actor
    )
    booking.add_part(line, part, stands_at=line.account.account_id, at=at, actor=actor)
    booking.note("statement_line.paid_back", line, at=at, actor=actor, reason=reason)
    return part


def received_at(line: StatementLine, *, at: datetime) -> datetime:
    """Return when a line's money counts as received: noon of its day, never later than now."""
    noon = datetime.combine(line.booked_on, time(12), tzinfo=clock.zone())
    return min(noon, at)


def _settle(line: StatementLine, share: Share, *, at: datetime, actor: User | None) -> Payment:
    tries = StatementPart.objects.filter(line=line).count()
    settled = settlement.settle(
        customer=share.customer, amount=share.amount, method=line.account.method,
        received_by=None, received_at=received_at(line, at=at), at=at, actor=actor,
        reference=(line.reference or line.bank_id or line.description)[:80],
        note=f"{line.account.name} {line.booked_on}", invoices=share.invoices,
        idempotency_key=f"bank-{line.fingerprint[:40]}-{tries + 1}", is_repeat_confirmed=True,
        into=booking.source_of(line),
    )  # fmt: skip
    part = StatementPart(
        line=line, kind=Kind.PAYMENT, amount=share.amount, customer=share.customer,
        payment=settled.payment, is_made=True, at=at, by=actor,
    )  # fmt: skip
    # The payment's own entry has moved the money already.
    return _kept(line, part, at=at, actor=actor, payment=settled.payment)


def _kept(
    line: StatementLine, part: StatementPart, *, at: datetime, actor: User | None, payment: Payment
) -> Payment:
    booking.add_part(line, part, stands_at=booking.source_of(line), at=at, actor=actor)
    return payment


def _check_shares(line: StatementLine, shares: Sequence[Share]) -> None:
    if not shares:
        raise LineRefused(_("Choose a customer."))
    if not line.is_money_in:
        raise LineRefused(_("Only money that came in can be a payment."))
    for share in shares:
        settlement.check_amount(share.amount)
    total = sum((share.amount for share in shares), Decimal(0))
    if total > line.open_amount:
        raise LineRefused(
            _("The shares are %(total)s; of this line %(open)s are left.")
            % {"total": formats.money(total), "open": formats.money(line.open_amount)}
        )


def _check_fits(line: StatementLine, amount: Decimal) -> None:
    if (amount > 0) != line.is_money_in or abs(amount) > abs(line.open_amount):
        raise LineRefused(
            _("That is %(amount)s; of this line %(open)s are left.")
            % {"amount": formats.money(amount), "open": formats.money(line.open_amount)}
        )


def _check_free(part: StatementPart) -> None:
    taken = StatementPart.objects.filter(undone_at__isnull=True).filter(
        Q(payment__isnull=False, payment=part.payment)
        | Q(refund__isnull=False, refund=part.refund)
        | Q(deposit_move__isnull=False, deposit_move=part.deposit_move)
        | Q(payout__isnull=False, payout=part.payout)
        | Q(returns__isnull=False, returns=part.returns)
    )
    if taken.exists():
        raise LineRefused(_("Another line is already matched to that."))


def _ask_about_recorded(line: StatementLine, shares: Sequence[Share]) -> None:
    near = (
        line.booked_on - timedelta(days=NEAR_DAYS), line.booked_on + timedelta(days=NEAR_DAYS),
    )  # fmt: skip
    for share in shares:
        twin = (
            clues.unclaimed(line.account.method)
            .filter(customer=share.customer, amount=share.amount, posted_on__range=near)
            .order_by("-pk")
            .first()
        )
        if twin is not None:
            raise PerhapsRecorded(
                _("%(name)s has a payment of this amount already: %(receipt)s. Is it this one?")
                % {"name": share.customer.name, "receipt": twin.receipt_number},
                twin,
            )
