"""Take any payment back, by hand: whatever it came from follows."""

from django.db import transaction

from billing.allocation.models import Payment
from billing.receivables.services import reversal
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from payments.bank.services import reversing
from payments.prepaid.services import vouchers


@transaction.atomic
def reverse(*, payment: Payment, act: Act[User | None]) -> Payment:
    """Take a completed payment back. Raises ReasonMissing, NotReversible."""
    payment = reversal.reverse(payment=payment, act=act)
    return _follow(payment, act=act)


@transaction.atomic
def undo(*, payment: Payment, act: Act[User]) -> Payment:
    """Take back what its own cashier has just entered. Raises TooLate, NotReversible."""
    payment = reversal.undo(payment=payment, act=act)
    return _follow(payment, act=act)


def _follow(payment: Payment, *, act: Act[User | None]) -> Payment:
    """Free its statement line, mark its attempt, let its voucher be redeemed again."""
    reversing.follow(payment, act=act.because(payment.reversal_reason))
    if payment.method == Payment.Method.VOUCHER:
        vouchers.give_back(payment=payment)
    return payment
