"""Say that a line of a statement is something we have written already."""

from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from billing.allocation.models import Payment, Refund
from billing.allocation.rules.accounts import ACCOUNT_OF
from billing.ledger.services import account_states
from billing.receivables.models import DepositMove
from billing.receivables.services import settlement
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core import formats
from ispbill.core.acts import Act
from payments.bank.models import SettlementImport, StatementLine, StatementPart
from payments.bank.services import booking, payers
from payments.bank.services.booking import LineRefused
from payments.online.models import GatewayRefund

Kind = StatementPart.Kind


@transaction.atomic
def link(
    *,
    line: StatementLine,
    act: Act[User | None],
    remember: bool = False,
    payment: Payment | None = None,
    refund: Refund | None = None,
    deposit_move: DepositMove | None = None,
    payout: SettlementImport | None = None,
    paid_back: StatementPart | None = None,
) -> StatementPart:
    """Say that a line is something the books know already; no second payment is made.

    Raises Stale when the line or the other one is taken, LineRefused when amounts differ.
    """
    trail.begin(act=act.because(f"bank statement line {line.pk} matched"))
    owner = next((one.customer_id for one in (payment, refund, deposit_move) if one), None)
    if owner is not None:
        account_states.lock([owner])
    line = booking.lock(line.pk)
    booking.check_open(line)
    part = StatementPart(
        line=line, amount=line.open_amount, at=act.at, by=act.actor, customer_id=owner
    )
    if payment is not None:
        stands_at = _name_payment(part, payment)
    elif refund is not None:
        stands_at = _name_refund(part, refund)
    elif deposit_move is not None:
        stands_at = _name_deposit_move(part, deposit_move)
    elif payout is not None:
        stands_at = _name_payout(part, payout)
    elif paid_back is not None:
        stands_at = _name_return(part, paid_back)
    else:
        raise ValueError("a line is linked to something")
    _check_fits(line, part.amount)
    _check_free(part)
    if part.amount != line.open_amount:
        booking.hold_unmatched(line, act=act)
    booking.add_part(line, part, stands_at=stands_at, act=act)
    if remember and payment is not None:
        payers.remember(line=line, customer=payment.customer, act=act)
    booking.note(
        "statement_line.linked", line, act=act, kind=part.kind, customers=[owner] if owner else []
    )
    return part


def _name_payment(part: StatementPart, payment: Payment) -> int:
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    if payment.status != Payment.Status.COMPLETED:
        raise LineRefused(_("This payment does not stand any more."))
    part.kind, part.payment, part.amount = Kind.PAYMENT, payment, payment.amount
    return int(settlement.landed_in(payment))


def _name_refund(part: StatementPart, refund: Refund) -> int:
    if GatewayRefund.objects.filter(refund=refund).exists():
        raise LineRefused(_("This money went back through its gateway, not from the bank."))
    part.kind, part.refund, part.amount = Kind.REFUND, refund, -refund.amount
    return int(ACCOUNT_OF[refund.method])


def _name_deposit_move(part: StatementPart, move: DepositMove) -> int:
    sign = 1 if move.kind == DepositMove.Kind.TAKEN else -1
    part.kind, part.deposit_move, part.amount = Kind.DEPOSIT, move, sign * move.amount
    return int(ACCOUNT_OF[move.method])


def _name_payout(part: StatementPart, payout: SettlementImport) -> int:
    if payout.state != SettlementImport.State.BOOKED:
        raise LineRefused(_("Book the settlement first."))
    part.kind, part.payout, part.amount = Kind.PAYOUT, payout, payout.net_amount
    return payout.bank_account.account_id


def _name_return(part: StatementPart, paid_back: StatementPart) -> int:
    part.kind, part.returns, part.amount = Kind.RETURN, paid_back, -paid_back.amount
    return paid_back.line.account.account_id


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
