"""Take a payment back: the opposite entry with a reason, never a deletion."""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from billing.models import Invoice, JournalEntry
from billing.services import ledger, standings
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import clock, formats
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from payments.models import Allocation, Payment, PaymentAttempt
from payments.services import allocation, announcing, deposits, standing, vouchers
from payments.services.desk import tills
from payments.services.imports import releasing
from payments.signals import payment_reversed, payments_shrank

MISTAKE = "entry mistake (undone within a minute)"
MISTAKE_SAID = gettext_lazy("it was entered by mistake")


class NotReversible(DomainError):
    """The payment is not one that stands: already reversed, failed or never completed."""


class TooLate(DomainError):
    """The time for undoing without a reason is over, or it is somebody else's payment."""


def reverse(
    *,
    payment: Payment,
    reason: str,
    actor: User | None,
    at: datetime,
    said: Promise | None = None,
    is_told: bool = True,
    is_reward: bool = False,
) -> Payment:
    """Take back a completed payment: release what it paid, book the opposite, say why.

    The customer may be overdue again by it; no service is switched off at once, the next dunning
    run decides. Raises ReasonMissing below ten characters, NotReversible when it no longer stands
    (naming who was first). `said` is what the customer reads in place of a reason that a machine
    has written; `is_told` False: the caller tells the customer in its own words.
    `is_reward`: the caller is the referral whose reward this is; nobody else takes one back.
    """
    reason = trail.required_reason(reason)
    if payment.method == Payment.Method.REFERRAL and not is_reward:
        raise NotReversible(_("This is the reward for a referral: refuse the referral instead."))
    return _reverse(payment, reason=reason, actor=actor, at=at, said=said, is_told=is_told)


def undo(*, payment: Payment, actor: User, at: datetime) -> Payment:
    """Take back a payment its own cashier has just entered by mistake.

    Allowed for `Company.undo_seconds` after it was received. Raises TooLate, NotReversible.
    """
    if payment.received_by_id != actor.pk:
        raise TooLate(_("Only the person who took this payment can undo it."))
    return _reverse(
        payment, reason=MISTAKE, said=MISTAKE_SAID, actor=actor, at=at, within=undo_time()
    )


def undo_time() -> timedelta:
    """Return how long a cashier may undo an own payment."""
    return timedelta(seconds=Company.current().undo_seconds)


@transaction.atomic
def _reverse(
    payment: Payment,
    *,
    reason: str,
    actor: User | None,
    at: datetime,
    within: timedelta | None = None,
    said: Promise | None = None,
    is_told: bool = True,
) -> Payment:
    trail.begin(actor=actor, at=at, reason=reason)
    # Lock.
    standings.lock([payment.customer_id])
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    # Decide.
    if payment.status != Payment.Status.COMPLETED:
        raise NotReversible(_why_not(payment))
    if payment.refunded_amount:
        raise NotReversible(
            _("A part of this payment was paid out again; it cannot be reversed any more.")
        )
    if within is not None and at - payment.received_at > within:
        raise TooLate(_("It is too late to undo this. Reverse the payment, with a reason."))
    # Change.
    released = _release(payment, at=at)
    entry = JournalEntry.objects.get(kind="PAYMENT", source_type="payment", source_id=payment.pk)
    day = tills.day_of_reversal(entry=entry, actor=actor, on=clock.local_date(at))
    ledger.reverse(entry=entry, posted_on=day, at=at, actor=actor, memo=reason)
    payment.refresh_from_db(fields=["allocated_amount"])
    payment.status = Payment.Status.REVERSED
    payment.reversed_at = at
    payment.reversed_by = actor
    payment.reversal_reason = reason
    payment.save(update_fields=["status", "reversed_at", "reversed_by", "reversal_reason"])
    PaymentAttempt.objects.filter(payment=payment, state=PaymentAttempt.State.SETTLED).update(
        state=PaymentAttempt.State.REVERSED
    )
    if payment.method == Payment.Method.DEPOSIT:
        deposits.put_back(
            payment=payment, reason=reason, on=clock.local_date(at), at=at, actor=actor
        )
    if payment.method == Payment.Method.VOUCHER:
        vouchers.give_back(payment=payment)
    releasing.let_go(payment=payment, reason=reason, at=at, actor=actor)
    allocation.allocate([payment.customer_id], at=at)
    standing.recompute([payment.customer_id])
    payments_shrank.send(Payment, payment_ids=[payment.pk], at=at, actor=actor)
    # Trail.
    events.record(
        at=at,
        actor=actor,
        action="payment.reversed",
        target=payment,
        label=payment.receipt_number or "",
        customer_id=payment.customer_id,
        branch_id=payment.branch_id,
        reason=reason,
        before={"status": Payment.Status.COMPLETED.value, "invoices": released},
        after={"status": Payment.Status.REVERSED.value, "amount": str(payment.amount)},
    )
    # After commit.
    if is_told:
        announcing.taken_back(payment, said=said, at=at)
    transaction.on_commit(
        partial(payment_reversed.send_robust, sender=Payment, payment_id=payment.pk)
    )
    return payment


def _release(payment: Payment, *, at: datetime) -> int:
    """Let go of everything the payment pays; return how many invoices that were."""
    held = Allocation.objects.filter(payment=payment, released_at__isnull=True)
    invoice_ids = list(held.values_list("invoice", flat=True))
    list(
        Invoice.objects.select_for_update(no_key=True)
        .filter(pk__in=invoice_ids)
        .order_by("due_date", "pk")
        .values_list("pk")
    )
    return held.update(released_at=at)


def _why_not(payment: Payment) -> str:
    if not payment.is_reversed or payment.reversed_at is None:
        return _("Only a completed payment can be reversed.")
    who = payment.reversed_by.name if payment.reversed_by is not None else _("the system")
    return _("%(who)s has already reversed this payment, %(when)s.") % {
        "who": who,
        "when": formats.moment(payment.reversed_at, language=get_language() or "en"),
    }
