"""Payment attempts as the services of gateways take them up: locked, told to an adapter,
recorded."""

from ispbill.audit.services import events
from ispbill.core import live
from ispbill.core.acts import Act
from payments.online.gateways.contract import Known, Outcome
from payments.online.models import PaymentAttempt


def known(attempt: PaymentAttempt) -> Known:
    """Return what an adapter may know of an attempt."""
    return Known(
        order=attempt.asked_order,
        session_key=attempt.session_key,
        amount=attempt.amount,
        currency=attempt.currency,
        gateway_reference=attempt.gateway_reference,
    )


def is_used(attempt: PaymentAttempt, outcome: Outcome) -> bool:
    """Tell whether another attempt was settled by, or holds, the payment an answer speaks of."""
    others = PaymentAttempt.objects.filter(account=attempt.account).exclude(pk=attempt.pk)
    if others.filter(gateway_reference=outcome.reference).exists():
        return True
    bank = outcome.bank_reference
    return bool(bank) and others.filter(bank_reference=bank).exists()


def take_down(attempt: PaymentAttempt, outcome: Outcome) -> None:
    """Note on an attempt, which is not saved, what the gateway says of the payment it got."""
    attempt.gateway_reference, attempt.bank_reference = outcome.reference, outcome.bank_reference
    attempt.paid_amount, attempt.fee_amount = outcome.amount, outcome.fee
    attempt.paid_at, attempt.is_risky = outcome.paid_at, outcome.is_risky
    attempt.method, attempt.instrument = outcome.method, outcome.instrument
    attempt.payer = outcome.payer


def locked(attempt_id: int) -> PaymentAttempt:
    """Return an attempt, locked; the customer's account state was locked before."""
    live.changed("attempt")
    return (
        PaymentAttempt.objects.select_for_update(of=("self",))
        .select_related("customer", "account", "payment", "first")
        .get(pk=attempt_id)
    )


def record(attempt: PaymentAttempt, action: str, *, act: Act, why: str = "") -> None:
    """Append what became of an attempt to the trail: `why` the facts say so, or a person's
    `reason`."""
    events.record(
        act=act,
        action=action,
        target=attempt,
        after={
            "state": str(attempt.state),
            "asked": str(attempt.amount),
            "paid": str(attempt.paid_amount) if attempt.paid_amount is not None else None,
            "reference": attempt.gateway_reference,
            **({"why": why[:200]} if why else {}),
        },
    )
