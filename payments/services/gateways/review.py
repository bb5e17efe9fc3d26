"""Decide about money a gateway took that is not credited by itself: risky, or not as asked."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from billing.services import standings
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.errors import DomainError, Stale
from payments.models import PaymentAttempt
from payments.services.gateways import confirming

State = PaymentAttempt.State


class NotCreditable(DomainError):
    """What was paid cannot be credited here, for it is in another currency."""


def accept(*, attempt: PaymentAttempt, reason: str, actor: User, at: datetime) -> PaymentAttempt:
    """Credit what the gateway really took, to the cent. Raises Stale, NotCreditable, ReasonMissing.

    Two people who decide at once: the first wins, the other is told who it was.
    """
    reason = trail.required_reason(reason)
    with transaction.atomic():
        attempt = _locked_for_review(attempt, reason=reason, actor=actor, at=at)
        if attempt.answer.get("currency_type", attempt.currency) != attempt.currency:
            raise NotCreditable(
                _("It was paid in another currency. Send it back through the gateway instead.")
            )
        attempt.payment = confirming.settle_locked(attempt, at=at, actor=actor)
        return _decided(attempt, State.SETTLED, "attempt.accepted", reason, actor=actor, at=at)


def refuse(*, attempt: PaymentAttempt, reason: str, actor: User, at: datetime) -> PaymentAttempt:
    """Close it without credit: the money was, or will be, sent back at the gateway itself."""
    reason = trail.required_reason(reason)
    with transaction.atomic():
        attempt = _locked_for_review(attempt, reason=reason, actor=actor, at=at)
        return _decided(attempt, State.FAILED, "attempt.refused", reason, actor=actor, at=at)


def _locked_for_review(
    attempt: PaymentAttempt, *, reason: str, actor: User, at: datetime
) -> PaymentAttempt:
    trail.begin(actor=actor, at=at, reason=reason)
    standings.lock([attempt.customer_id])
    attempt = confirming.locked(attempt.pk)
    if attempt.state not in PaymentAttempt.UNDECIDED:
        who = attempt.reviewed_by.name if attempt.reviewed_by is not None else _("The system")
        raise Stale(_("%(who)s has already decided this.") % {"who": who})
    return attempt


def _decided(
    attempt: PaymentAttempt, state: str, action: str, reason: str, *, actor: User, at: datetime
) -> PaymentAttempt:
    attempt.state, attempt.ended_at = state, at
    attempt.reviewed_by, attempt.review_reason = actor, reason
    attempt.next_check_at = None
    attempt.save()
    confirming.record(attempt, action, at=at, why=reason, actor=actor)
    return attempt
