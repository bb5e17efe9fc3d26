"""Compare what a gateway gave back of each payment with what we asked it to, once a day.

The books say what we sent; only the gateway knows what went. Another sum is no entry in the books:
somebody looks at it (`PaymentAttempt.Odd.REFUNDS`, `review.look`).
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet, Sum

from ispbill.audit.services import trail
from ispbill.audit.services.jobs import Progress
from ispbill.core.acts import Act
from ispbill.core.outside import refuse_transaction
from payments.online.gateways.errors import GatewayDown, GatewayRefused
from payments.online.models import GatewayRefund, PaymentAttempt
from payments.online.rules import attempts as rules
from payments.online.services import accounts, payment_attempts, refunding

State = GatewayRefund.State
WITHIN = timedelta(days=45)  # of the refund: later a gateway keeps it, or a person has found it


@dataclass
class Compared:
    """What a round of questions found: `odd` payments are new to be looked at."""

    asked: int = 0
    odd: int = 0
    silent: int = 0


def gone(refunds: QuerySet[GatewayRefund]) -> Decimal:
    """Return what of these has gone back, or is on its way, as far as we know."""
    sent = refunds.filter(state__in=[State.DONE, State.PROCESSING])
    return sent.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def compare_all(*, now: Callable[[], datetime], progress: Progress | None = None) -> Compared:
    """Compare every payment with a refund of the last weeks.

    Calls gateways: never inside a transaction. Those with a doubted refund wait for a person
    already, those of a gateway that says no total are found by its payouts.
    """
    refuse_transaction("a gateway")
    recent = GatewayRefund.objects.filter(is_sent=True, requested_at__gte=now() - WITHIN)
    doubted = GatewayRefund.objects.filter(state=State.DOUBT)
    found = (
        PaymentAttempt.objects.filter(pk__in=recent.values("attempt"))
        .exclude(pk__in=doubted.values("attempt"))
        .select_related("account")
        .order_by("pk")
    )
    done, silent = Compared(), Counter[int]()
    for attempt in found.iterator(chunk_size=500):
        if silent[attempt.account_id] >= rules.GIVES_UP_AFTER:
            continue
        try:
            told = _told(attempt, at=now())
        except (GatewayDown, GatewayRefused):
            silent[attempt.account_id] += 1
            done.silent += 1
            continue
        done.asked += 1
        if told is not None:
            done.odd += _note(attempt.pk, told, at=now())
        if progress is not None:
            progress.advance(processed=1, step=attempt.order)
    return done


def _told(attempt: PaymentAttempt, *, at: datetime) -> Decimal | None:
    row = attempt.refunds.select_related("attempt", "refund").order_by("-pk")[0]
    gateway = accounts.gateway_of(attempt.account, at=at)
    return gateway.given_back(refunding.order_of(row))


@transaction.atomic
def _note(attempt_id: int, told: Decimal, *, at: datetime) -> bool:
    """Note the gateway's total; True when it is another one, and was not when asked before."""
    trail.begin(act=Act(None, at, reason="what the gateway gave back"))
    attempt = payment_attempts.locked(attempt_id)
    was, attempt.told_back_amount = attempt.told_back_amount, told
    known = gone(attempt.refunds.all())
    is_new = told != known and told != was
    if is_new:
        attempt.odd, attempt.looked_at, attempt.looked_by = PaymentAttempt.Odd.REFUNDS, None, None
        why = f"the gateway gave back {told}, we know of {known}"
        payment_attempts.record(attempt, "attempt.refunds_differ", act=Act(None, at), why=why)
    attempt.save()
    return is_new
