"""Tell the customer what became of money paid online that was not accepted."""

from datetime import datetime
from decimal import Decimal

from billing.allocation.queries import paid_with
from billing.receivables.services.announcing import payer, tell
from payments.online.models import PaymentAttempt


def not_accepted(attempt: PaymentAttempt, *, at: datetime) -> int:
    """Say that money paid online was not accepted and goes back; return how many were queued."""
    return _of_attempt("payment_not_accepted", attempt, amount=attempt.owed_amount, at=at)


def sent_back(attempt: PaymentAttempt, *, amount: Decimal, at: datetime) -> int:
    """Say that it has gone back, once; return how many messages were queued."""
    return _of_attempt("payment_sent_back", attempt, amount=amount, at=at)


def _of_attempt(
    event: str, attempt: PaymentAttempt, *, amount: Decimal | None, at: datetime
) -> int:
    customer = payer(attempt.customer_id)
    method = paid_with.words(attempt.method, attempt.instrument, language=customer.language)
    said = {"amount": str(amount), "method": method or attempt.account.name}
    return tell(event, customer, said, dedup=attempt.order, at=at)
