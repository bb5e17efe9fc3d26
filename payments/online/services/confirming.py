"""Bring a payment attempt to what the gateway itself says of it: the only way online money is
credited.

Everything the gateway's answer must agree with is ours and frozen: order, amount, currency. What
does not agree is never credited by itself; it waits for a person.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.allocation.models import Payment
from billing.allocation.rules.accounts import CLEARING_OF
from billing.invoices.models import Invoice
from billing.ledger.services import account_states
from billing.receivables.services import reversal, settlement
from billing.receivables.services.admission import Asked
from billing.receivables.services.settlement import Settled
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from payments.online.gateways.contract import Hint, Outcome, Verdict
from payments.online.models import PaymentAttempt
from payments.online.rules import attempts as rules
from payments.online.services import paid_twice, payment_attempts

State, Odd = PaymentAttempt.State, PaymentAttempt.Odd
_ENDS = {
    Verdict.FAILED: State.FAILED,
    Verdict.CANCELLED: State.CANCELLED,
    Verdict.EXPIRED: State.EXPIRED,
}
_BEGUN = (State.STARTED, State.OPEN)
_UNPAID = PaymentAttempt.UNPAID


def note_claim(attempt: PaymentAttempt, hint: Hint, *, at: datetime) -> None:
    """Note that somebody believable says it is paid: nobody is cut off while that is open.

    Believable is what is signed, or comes from somebody who knows the gateway's own id. bKash is
    told to take the money then, which too early ends the payment.
    """
    knows = bool(hint.reference) and hint.reference == attempt.session_key
    if hint.claim is Verdict.PAID and attempt.state in _UNPAID and (hint.is_genuine or knows):
        PaymentAttempt.objects.filter(pk=attempt.pk, claimed_at=None).update(claimed_at=at)


def ask_again(attempt: PaymentAttempt, *, at: datetime, words: str) -> None:
    """Note a question without a useful answer, and when the next one is due."""
    checks = attempt.checks + 1
    asked = PaymentAttempt.objects.filter(pk=attempt.pk)
    asked.update(checked_at=at, checks=checks)
    asked.filter(state__in=_UNPAID).update(
        next_check_at=rules.next_check(at=at, checks=checks, is_down=True)
    )
    # What the bank said of one that failed is the payer's to read: our trouble is none of it.
    asked.filter(state__in=_BEGUN).update(fail_words=words[:300])
    asked.filter(state=State.SETTLED).update(next_check_at=_late_check(attempt, at=at))


@transaction.atomic
def apply(*, attempt_id: int, outcome: Outcome, at: datetime) -> PaymentAttempt:
    """Move an attempt to what the gateway says; credit it when it is paid exactly as asked.

    Safe to call with the same answer any number of times, from any number of workers. Answers
    that speak of another order, or of a payment another attempt was settled by, change nothing and
    are recorded. Further payments of the same page are held (`paid_twice`).
    """
    # Lock.
    customer_id = PaymentAttempt.objects.values_list("customer", flat=True).get(pk=attempt_id)
    account_states.begin([customer_id], act=Act(None, at, reason="answer of the gateway"))
    attempt = payment_attempts.locked(attempt_id)
    # Decide.
    attempt.checked_at, attempt.checks = at, attempt.checks + 1
    attempt.answer = dict(outcome.answer)
    if outcome.verdict is Verdict.UNKNOWN or not _is_about(attempt, outcome, at=at):
        return _left(attempt, at=at)
    if outcome.verdict is Verdict.PAID and attempt.state in _UNPAID:
        attempt = _paid(attempt, outcome, at=at)
    elif outcome.verdict is Verdict.PAID:
        paid_twice.hold(attempt, outcome, at=at)
        attempt = _kept(attempt, at=at)
    for further in outcome.others:
        paid_twice.hold(attempt, further, at=at)
    if outcome.verdict is Verdict.PAID:
        return attempt
    if outcome.verdict is Verdict.PENDING:
        return _left(attempt, at=at)
    if attempt.state == State.SETTLED:
        return _reversed(attempt, outcome, at=at)
    if attempt.state not in _UNPAID:
        attempt.fail_words = outcome.words[:300] or str(outcome.verdict)
        attempt.save()
        return attempt
    return _ended(attempt, outcome, at=at)


@transaction.atomic
def expire(*, attempt_id: int, at: datetime) -> PaymentAttempt:
    """End an attempt whose time is over and of which the gateway knows no payment."""
    trail.begin(act=Act(None, at, reason="time of the online payment is over"))
    attempt = payment_attempts.locked(attempt_id)
    if attempt.state in _BEGUN and at >= attempt.expires_at:
        attempt.state, attempt.ended_at = State.EXPIRED, at
    attempt.next_check_at = _late_check(attempt, at=at)
    attempt.save()
    return attempt


def settle_locked(attempt: PaymentAttempt, *, act: Act) -> Settled:
    """Credit what was paid through the one door of money; the attempt must be locked.

    Received is when we knew it, so that a closed period is never written to. Invoices chosen that
    have been paid otherwise meanwhile are passed over: the oldest others, then credit.
    """
    if attempt.paid_amount is None:
        raise ValueError("nothing was paid")
    chosen = Invoice.objects.filter(
        pk__in=attempt.invoices,
        customer=attempt.customer_id,
        status=Invoice.Status.OPEN,
        amount_due__gt=0,
    ).order_by("due_date", "pk")
    return settlement.settle(
        Asked(
            customer_id=attempt.customer_id,
            amount=attempt.paid_amount,
            method=attempt.method,
            received_by=None,
            received_at=act.at,
            key=f"gateway:{attempt.order}",
            reference=attempt.bank_reference or attempt.gateway_reference,
            note=attempt.instrument,
            chosen=[invoice.pk for invoice in chosen] if attempt.invoices else [],
            is_repeat_confirmed=True,
            account_no=CLEARING_OF[attempt.account.provider],
            act=act,
        )
    )


def _paid(attempt: PaymentAttempt, outcome: Outcome, *, at: datetime) -> PaymentAttempt:
    if (
        not outcome.reference
        or outcome.amount is None
        or payment_attempts.is_used(attempt, outcome)
    ):
        payment_attempts.record(
            attempt,
            "attempt.contradicted",
            act=Act(None, at),
            why="the payment named is another one's",
        )
        return _left(attempt, at=at)
    was, gone = attempt.state, _gone(attempt)
    payment_attempts.take_down(attempt, outcome)
    attempt.next_check_at = None
    attempt.fail_code = attempt.fail_words = ""
    if outcome.amount != attempt.amount or outcome.currency != attempt.currency:
        attempt.state = State.MISMATCH
        attempt.fail_words = f"{outcome.currency} {outcome.amount}"
    elif outcome.is_risky:
        attempt.state = State.HELD
    else:
        attempt.payment = settle_locked(attempt, act=Act(None, at)).payment
        attempt.state, attempt.ended_at = State.SETTLED, at
        # Once more when its life is over: a page can be paid twice, and a bank take back, unheard.
        attempt.next_check_at = max(attempt.expires_at, at + rules.LIFE)
        attempt.odd = _odd(attempt, attempt.payment, was=was, gone=gone)
    attempt.save()
    payment_attempts.record(
        attempt, f"attempt.{attempt.state.lower()}", act=Act(None, at), why=outcome.instrument
    )
    return attempt


def _gone(attempt: PaymentAttempt) -> str:
    """Return why a bill that was chosen takes no money any more, "" when all of them do."""
    chosen = Invoice.objects.filter(pk__in=attempt.invoices, customer=attempt.customer_id)
    found = list(chosen.values_list("status", "amount_due")) if attempt.invoices else []
    if any(status == Invoice.Status.VOID for status, _due in found):
        return Odd.VOID_BILL
    return Odd.TWICE if any(not due for _status, due in found) else ""


def _odd(attempt: PaymentAttempt, payment: Payment, *, was: str, gone: str) -> str:
    """Return why somebody should look at what was credited by itself, "" for nearly all (F-18).

    Money that came after the end of its time always; else what has become credit though its payer
    meant a bill: it was void, paid otherwise meanwhile, or the page had been given up.
    """
    if was == State.EXPIRED:
        return Odd.LATE
    if not payment.credit_amount:
        return ""
    if gone:
        return gone
    if was in (State.FAILED, State.CANCELLED):
        return Odd.LATE
    same = Payment.objects.filter(
        customer=attempt.customer_id,
        amount=payment.amount,
        status=Payment.Status.COMPLETED,
        received_at__gte=attempt.started_at,
    )
    return Odd.TWICE if same.exclude(pk=payment.pk).exists() else ""


def _ended(attempt: PaymentAttempt, outcome: Outcome, *, at: datetime) -> PaymentAttempt:
    """An attempt that was not paid; an end already known stays it."""
    if attempt.state in (*_BEGUN, State.EXPIRED) and attempt.state != _ENDS[outcome.verdict]:
        attempt.state, attempt.ended_at = _ENDS[outcome.verdict], at
        attempt.fail_code, attempt.fail_words = outcome.code[:30], outcome.words[:300]
        payment_attempts.record(
            attempt, f"attempt.{attempt.state.lower()}", act=Act(None, at), why=outcome.words
        )
    attempt.claimed_at = None
    # The same page may be paid after all while it lives.
    attempt.next_check_at = _late_check(attempt, at=at)
    attempt.save()
    return attempt


def _reversed(attempt: PaymentAttempt, outcome: Outcome, *, at: datetime) -> PaymentAttempt:
    """The gateway itself says that the very payment we credited has failed after all."""
    attempt.next_check_at = None
    if attempt.payment is None or attempt.gateway_reference not in ("", outcome.reference):
        return _kept(attempt, at=at)
    words = outcome.words or outcome.verdict
    try:
        with transaction.atomic():
            reversal.reverse(
                payment=attempt.payment,
                said=_("the gateway declined it afterwards"),
                act=Act(None, at, reason=f"declined by the gateway afterwards: {words}"),
            )
    except reversal.NotReversible as refusal:
        attempt.fail_words = str(refusal)[:300]
        attempt.save()
        payment_attempts.record(
            attempt, "attempt.not_reversed", act=Act(None, at), why=str(refusal)
        )
        return attempt
    attempt.state, attempt.fail_words = State.REVERSED, outcome.words[:300]
    attempt.save()
    payment_attempts.record(attempt, "attempt.reversed", act=Act(None, at), why=outcome.words)
    return attempt


def _left(attempt: PaymentAttempt, *, at: datetime) -> PaymentAttempt:
    if attempt.state in _BEGUN:
        attempt.next_check_at = rules.next_check(at=at, checks=attempt.checks, is_down=False)
    elif attempt.next_check_at is not None:
        attempt.next_check_at = _late_check(attempt, at=at)
    attempt.save()
    return attempt


def _kept(attempt: PaymentAttempt, *, at: datetime) -> PaymentAttempt:
    if attempt.next_check_at is not None and attempt.next_check_at <= at:
        attempt.next_check_at = None
    attempt.save(update_fields=["checked_at", "checks", "next_check_at"])
    return attempt


def _late_check(attempt: PaymentAttempt, *, at: datetime) -> datetime | None:
    """Return when to ask once more about one that seems over: within its life, then daily."""
    if at < attempt.expires_at:
        return rules.next_check(at=at, checks=attempt.checks, is_down=False)
    days_over = (at - attempt.expires_at) // timedelta(days=1)
    return None if days_over >= rules.LATE_CHECKS else at + timedelta(days=1)


def _is_about(attempt: PaymentAttempt, outcome: Outcome, *, at: datetime) -> bool:
    if outcome.order == attempt.asked_order:
        return True
    payment_attempts.record(
        attempt,
        "attempt.contradicted",
        act=Act(None, at),
        why=f"the answer is about {outcome.order!r}",
    )
    return False
