"""Ask gateways about attempts nobody has told us about: notices get lost, browsers are closed."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ispbill.audit.services.jobs import Progress
from ispbill.core.outside import refuse_transaction
from payments.online.gateways.contract import Hint, Verdict
from payments.online.gateways.errors import GatewayDown, GatewayRefused
from payments.online.models import PaymentAttempt
from payments.online.rules import attempts as rules
from payments.online.services import accounts, confirming, payment_attempts

State = PaymentAttempt.State
AT_ONCE = 500


@dataclass
class Reconciled:
    """What a round of questions found."""

    asked: int = 0
    settled: int = 0
    ended: int = 0
    silent: int = 0


def reconcile(*, now: Callable[[], datetime], progress: Progress | None = None) -> Reconciled:
    """Ask about every attempt whose time has come, oldest first; end those whose life is over.

    Calls gateways: never inside a transaction. May run twice at once: each answer is applied
    under the attempt's lock, and asking changes nothing at the gateway but what a customer who came
    back has agreed to.
    """
    done, silent = Reconciled(), Counter[int]()
    due = PaymentAttempt.objects.filter(next_check_at__lte=now()).order_by("next_check_at", "pk")
    for attempt in due.select_related("account")[:AT_ONCE]:
        if silent[attempt.account_id] >= rules.GIVES_UP_AFTER:
            continue
        after = ask(attempt, at=now())
        done.asked += 1
        if after is None:
            done.silent += 1
            silent[attempt.account_id] += 1
        elif after.state != attempt.state:
            done.settled += after.state == State.SETTLED
            done.ended += after.state in (State.FAILED, State.CANCELLED, State.EXPIRED)
        if progress is not None:
            progress.advance(
                processed=int(after is not None), failed=int(after is None), step=attempt.order
            )
    return done


def ask(attempt: PaymentAttempt, *, at: datetime) -> PaymentAttempt | None:
    """Ask about one attempt and apply the answer; None when the gateway did not give one."""
    refuse_transaction("a gateway")
    gateway, known = accounts.gateway_of(attempt.account, at=at), payment_attempts.known(attempt)
    try:
        if attempt.claimed_at is not None and attempt.state == State.OPEN:
            # The customer came back and agreed, but the gateway was silent then: carry it out.
            claimed = Hint(order=attempt.order, claim=Verdict.PAID, is_genuine=True)
            outcome = gateway.confirm(known, claimed)
        else:
            outcome = gateway.query(known)
    except (GatewayDown, GatewayRefused) as error:
        confirming.ask_again(attempt, at=at, words=str(error))
        return None
    after = confirming.apply(attempt_id=attempt.pk, outcome=outcome, at=at)
    if at >= after.expires_at and after.state in (State.STARTED, State.OPEN):
        after = confirming.expire(attempt_id=attempt.pk, at=at)
    return after
