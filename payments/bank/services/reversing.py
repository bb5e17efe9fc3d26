"""Reverse a payment together with what it stood for online and on a bank statement."""

from django.db import transaction
from django.utils.functional import Promise

from billing.allocation.models import Payment
from billing.receivables.services import reversal
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from payments.bank.services import releasing
from payments.online.models import PaymentAttempt


@transaction.atomic
def reverse(*, payment: Payment, act: Act[User | None], said: Promise | None = None) -> Payment:
    """Reverse a payment as `reversal.reverse` does; its attempt and its line follow."""
    payment = reversal.reverse(payment=payment, act=act, said=said)
    follow(payment, act=act)
    return payment


def follow(payment: Payment, *, act: Act[User | None]) -> None:
    """Mark the attempt of a payment just reversed, and free its line of a bank statement."""
    PaymentAttempt.objects.filter(payment=payment, state=PaymentAttempt.State.SETTLED).update(
        state=PaymentAttempt.State.REVERSED
    )
    releasing.let_go(payment=payment, act=act)
