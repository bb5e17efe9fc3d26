"""Decide about money a gateway took that is not credited by itself: risky, or not as asked.

What is not accepted is owed back (`giving_back`), and may be credited after all while it is here.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.ledger.services import account_states
from customers.models import AccountState
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from payments.online.models import PaymentAttempt
from payments.online.services import announcing, confirming, giving_back, payment_attempts

State = PaymentAttempt.State


class NotCreditable(DomainError):
    """What was paid cannot be credited here, for it is in another currency."""


@dataclass(frozen=True)
class Expected:
    """What crediting comes to: the balance after it, and how many services it switches on."""

    amount: Decimal
    balance: Decimal
    reopened: int


class _Looked(Exception):
    """Carries what was seen out of the transaction that is undone with it."""

    def __init__(self, expected: Expected) -> None:
        self.expected = expected


def accept(
    *, attempt: PaymentAttempt, act: Act[User], is_after_refusal: bool = False
) -> PaymentAttempt:
    """Credit what the gateway really took, to the cent. Raises Stale, NotCreditable, ReasonMissing.

    Two people who decide at once: the first wins, the other is told who it was. What was refused
    is credited by the person who says so (`is_after_refusal`), while its money has not gone back.
    """
    act = act.because(trail.required_reason(act.reason))
    with transaction.atomic():
        attempt = _locked_for_review(attempt, act=act)
        if is_after_refusal != (attempt.state == State.REFUSED):
            raise _first(attempt)
        _check_currency(attempt)
        if attempt.state == State.REFUSED:
            giving_back.unbook_refusal(attempt, act=act)
        attempt.payment = confirming.settle_locked(attempt, act=act).payment
        return _decided(attempt, State.SETTLED, "attempt.accepted", act=act)


def expected(*, attempt: PaymentAttempt, at: datetime) -> Expected:
    """Return what `accept` would do now, by doing it and undoing it. Raises NotCreditable."""
    try:
        with transaction.atomic():
            trail.begin(act=Act(None, at, reason="what crediting would do"))
            account_states.lock([attempt.customer_id])
            attempt = payment_attempts.locked(attempt.pk)
            _check_currency(attempt)
            settled = confirming.settle_locked(attempt, act=Act(None, at))
            raise _Looked(
                Expected(
                    amount=settled.payment.amount,
                    balance=_balance(attempt),
                    reopened=settled.reactivated + sum(one.was_closed for one in settled.renewed),
                )
            )
    except _Looked as looked:
        return looked.expected


def refuse(*, attempt: PaymentAttempt, act: Act[User]) -> PaymentAttempt:
    """Do not credit it: from now on it is owed back, and the payer is told. Raises Stale."""
    act = act.because(trail.required_reason(act.reason))
    with transaction.atomic():
        attempt = _locked_for_review(attempt, act=act)
        if attempt.state == State.REFUSED:
            raise _first(attempt)
        attempt.owed_amount = giving_back.owed(attempt)
        giving_back.book_refusal(attempt, act=act)
        announcing.not_accepted(attempt, at=act.at)
        return _decided(attempt, State.REFUSED, "attempt.refused", act=act)


def look(*, attempt: PaymentAttempt, act: Act[User]) -> PaymentAttempt:
    """Note that somebody has looked at money that was credited oddly. Raises Stale."""
    with transaction.atomic():
        trail.begin(act=act.because("odd online payment looked at"))
        attempt = payment_attempts.locked(attempt.pk)
        if not attempt.is_to_look_at:
            raise Stale(_("Somebody has looked at this already."))
        attempt.looked_at, attempt.looked_by = act.at, act.actor
        attempt.save(update_fields=["looked_at", "looked_by"])
        payment_attempts.record(attempt, "attempt.looked_at", act=act, why=attempt.odd)
    return attempt


def _locked_for_review(attempt: PaymentAttempt, *, act: Act[User]) -> PaymentAttempt:
    trail.begin(act=act)
    account_states.lock([attempt.customer_id])
    attempt = payment_attempts.locked(attempt.pk)
    if attempt.state not in PaymentAttempt.UNDECIDED and not giving_back.may_go(attempt):
        raise _first(attempt)
    return attempt


def _check_currency(attempt: PaymentAttempt) -> None:
    if attempt.answer.get("currency_type", attempt.currency) != attempt.currency:
        raise NotCreditable(
            _("It was paid in another currency. Do not credit it: then it can be sent back.")
        )


def _balance(attempt: PaymentAttempt) -> Decimal:
    return AccountState.objects.values_list("balance_amount", flat=True).get(
        customer=attempt.customer_id
    )


def _first(attempt: PaymentAttempt) -> Stale:
    who = attempt.reviewed_by.name if attempt.reviewed_by is not None else _("The system")
    return Stale(_("%(who)s has already decided this.") % {"who": who})


def _decided(attempt: PaymentAttempt, state: str, action: str, *, act: Act[User]) -> PaymentAttempt:
    attempt.state, attempt.ended_at = state, act.at
    attempt.reviewed_by, attempt.review_reason = act.actor, act.reason
    attempt.next_check_at = None
    attempt.save()
    payment_attempts.record(attempt, action, act=act)
    return attempt
