"""Take a payment back: the opposite entry with a reason, never a deletion."""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from billing.allocation.models import Allocation, Payment
from billing.allocation.services import account_state, allocation
from billing.invoices.models import Invoice
from billing.ledger.models import JournalEntry
from billing.ledger.services import account_states, ledger
from billing.receivables.services import announcing, deposits
from billing.signals import payments_shrank
from billing.tills.services import tills
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company

MISTAKE = "entry mistake (undone within a minute)"
MISTAKE_SAID = gettext_lazy("it was entered by mistake")


class NotReversible(DomainError):
    """The payment is not one that stands: already reversed, failed or never completed."""


class TooLate(DomainError):
    """The time for undoing without a reason is over, or it is somebody else's payment."""


def reverse(
    *,
    payment: Payment,
    act: Act[User | None],
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
    act = act.because(trail.required_reason(act.reason))
    if payment.method == Payment.Method.REFERRAL and not is_reward:
        raise NotReversible(_("This is the reward for a referral: refuse the referral instead."))
    return _reverse(payment, act=act, said=said, is_told=is_told)


def undo(*, payment: Payment, act: Act[User]) -> Payment:
    """Take back a payment its own cashier has just entered by mistake.

    Allowed for `Company.undo_seconds` after it was received. Raises TooLate, NotReversible.
    """
    if payment.received_by_id != act.actor.pk:
        raise TooLate(_("Only the person who took this payment can undo it."))
    return _reverse(payment, said=MISTAKE_SAID, act=act.because(MISTAKE), within=undo_time())


def undo_time() -> timedelta:
    """Return how long a cashier may undo an own payment."""
    return timedelta(seconds=Company.current().undo_seconds)


@transaction.atomic
def _reverse(
    payment: Payment,
    *,
    act: Act[User | None],
    within: timedelta | None = None,
    said: Promise | None = None,
    is_told: bool = True,
) -> Payment:
    trail.begin(act=act)
    # Lock.
    account_states.lock([payment.customer_id])
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    # Decide.
    _refuse(payment, within=within, at=act.at)
    # Change.
    released = _release(payment, at=act.at)
    entry = JournalEntry.objects.get(kind="PAYMENT", source_type="payment", source_id=payment.pk)
    day = tills.day_of_reversal(entry=entry, actor=act.actor, on=clock.local_date(act.at))
    ledger.reverse(entry=entry, posted_on=day, act=act, memo=act.reason)
    payment.refresh_from_db(fields=["allocated_amount"])
    payment.status = Payment.Status.REVERSED
    payment.reversed_at = act.at
    payment.reversed_by = act.actor
    payment.reversal_reason = act.reason
    payment.save(update_fields=["status", "reversed_at", "reversed_by", "reversal_reason"])
    if payment.method == Payment.Method.DEPOSIT:
        deposits.put_back(payment=payment, act=act)
    allocation.allocate([payment.customer_id], at=act.at)
    account_state.recompute([payment.customer_id])
    # Trail.
    _note(payment, released=released, act=act)
    # After commit.
    if is_told:
        announcing.payment_reversed(payment, said=said, at=act.at)
    transaction.on_commit(
        partial(payments_shrank.send_robust, sender=Payment, payment_ids=[payment.pk])
    )
    return payment


def _refuse(payment: Payment, *, within: timedelta | None, at: datetime) -> None:
    """Raise NotReversible for a payment that does not stand whole, TooLate after `within`."""
    if payment.status != Payment.Status.COMPLETED:
        raise NotReversible(_why_not(payment))
    if payment.refunded_amount:
        raise NotReversible(
            _("A part of this payment was paid out again; it cannot be reversed any more.")
        )
    if within is not None and at - payment.received_at > within:
        raise TooLate(_("It is too late to undo this. Reverse the payment, with a reason."))


def _note(payment: Payment, *, released: int, act: Act[User | None]) -> None:
    events.record(
        act=act.because(payment.reversal_reason),
        action="payment.reversed",
        target=payment,
        label=payment.receipt_number or "",
        before={"status": Payment.Status.COMPLETED.value, "invoices": released},
        after={"status": Payment.Status.REVERSED.value, "amount": str(payment.amount)},
    )


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
