"""Further payments of a page that was paid more than once: each is held, and a person decides.

A further payment is an attempt of its own that begins held (`PaymentAttempt.first`), so that it is
credited or given back as any held money is (`review`, `giving_back`).
"""

from datetime import datetime

from ispbill.core.acts import Act
from payments.online.gateways.contract import Outcome
from payments.online.models import PaymentAttempt
from payments.online.rules import attempts as rules
from payments.online.services import payment_attempts

State = PaymentAttempt.State


def hold(attempt: PaymentAttempt, outcome: Outcome, *, at: datetime) -> PaymentAttempt | None:
    """Hold a payment the gateway tells of beside the one of this attempt; None when there is none
    new.

    The attempt is locked, with its customer's account. The same answer again changes nothing.
    """
    first = attempt.first or attempt
    if outcome.order != first.order or not outcome.reference or outcome.amount is None:
        return None
    if outcome.reference == attempt.gateway_reference or (
        outcome.bank_reference and outcome.bank_reference == attempt.bank_reference
    ):
        return None
    if payment_attempts.is_used(attempt, outcome):
        return None
    further = PaymentAttempt.objects.create(
        order=rules.new_order(len(first.order)),
        first=first,
        account=first.account,
        customer_id=first.customer_id,
        branch_id=first.branch_id,
        amount=first.amount,
        currency=first.currency,
        source=first.source,
        started_at=first.started_at,
        expires_at=first.expires_at,
        session_key=first.session_key,
        idempotency_key=f"further:{first.pk}:{outcome.reference}"[:64],
    )
    further.state, further.checked_at, further.checks = State.HELD, at, 1
    payment_attempts.take_down(further, outcome)
    further.answer = dict(outcome.answer)
    further.save()
    payment_attempts.record(
        further, "attempt.paid_twice", act=Act(None, at), why=f"beside {first.order}"
    )
    return further
