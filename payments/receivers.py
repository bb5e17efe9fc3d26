"""What other apps' facts set going here: a task each.

Making room for a credit note is no task: it belongs to the transaction of the note, which
could not be written without it (docs/adr/0010-credit-notes.md). Nor is a prepaid service that has
just been put into use: whether it is paid is decided with it (docs/adr/0015-prepaid.md). Nor the
deposit of who leaves: it is settled with the end of the service
(docs/adr/0030-what-was-left-of-billing.md). Who is paying now, and what is lodged, are questions.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.dispatch import receiver

from billing.rules.deposits import Lodged, Settlement, Wish
from billing.signals import (
    deposit_asked,
    deposit_to_settle,
    invoice_credited,
    invoice_needs_room,
    invoices_issued,
    payments_under_way,
    prepaid_time_wanted,
)
from customers.models import Customer
from ispbill.core import jobs
from ispbill.core.actors import Actor
from payments import tasks
from payments.models import ReferralReward
from payments.queries import under_way
from payments.services import deposits, prepaid_run, renewal, room
from payments.services.debits import mandates
from payments.signals import payment_method_removed, payments_shrank


@receiver(invoices_issued, dispatch_uid="payments.allocate_credit")
def spend_credit_on_new_invoices(*, run_id: int | None = None, **_more: Any) -> None:
    """New bills may be payable from credit already there (the signal comes after the commit)."""
    jobs.ring(tasks.allocate_credit, run_id=run_id)


@receiver(invoice_needs_room, dispatch_uid="payments.make_room")
def make_room(
    *, invoice_id: int, amount: Decimal, at: datetime, actor: Actor | None, **_more: Any
) -> None:
    """Let go of what is paid on an invoice that is about to be credited."""
    room.release(invoice_id=invoice_id, amount=amount, at=at, actor=actor)


@receiver(invoice_credited, dispatch_uid="payments.spend_freed_credit")
def spend_freed_credit(
    *, customer_id: int, at: datetime, actor: Actor | None, **_more: Any
) -> None:
    """Let money that was let go of pay other open invoices, and prepaid time that is over."""
    room.spend(customer_id=customer_id, at=at, actor=actor)
    renewal.renew_due(customer_id=customer_id, at=at, actor=actor)


@receiver(prepaid_time_wanted, dispatch_uid="payments.prepaid")
def renew_or_close(*, customer_id: int, at: datetime, actor: Actor | None, **_more: Any) -> None:
    """A prepaid service has just been put into use: in the same transaction, is it paid?"""
    prepaid_run.attend(customer_id=customer_id, at=at, actor=actor)


@receiver(payments_under_way, dispatch_uid="payments.who_is_paying")
def say_who_is_paying(*, customer_ids: list[int], on: date, **_more: Any) -> set[int]:
    """Nobody is cut off while the gateway has not said how a payment ended."""
    return under_way.who_is_paying(customer_ids, on=on)


@receiver(payment_method_removed, dispatch_uid="payments.end_mandates")
def end_mandates(*, method_id: int, at: datetime, actor: Actor | None, **_more: Any) -> None:
    """Nothing is collected from an account that was removed (in the same transaction)."""
    mandates.method_removed(method_id=method_id, at=at, actor=actor)


@receiver(deposit_asked, dispatch_uid="payments.lodged")
def say_what_is_lodged(*, customer_id: int, **_more: Any) -> Lodged:
    """Who ends a service is shown the deposit held."""
    return deposits.lodged(customer_id)


@receiver(deposit_to_settle, dispatch_uid="payments.settle_deposit")
def settle_deposit(
    *,
    customer_id: int,
    service_id: int,
    wish: Wish,
    reason: str,
    on: date,
    at: datetime,
    actor: Actor | None,
    **_more: Any,
) -> Settlement:
    """Use or pay back the deposit of who leaves, in the transaction of the end."""
    return deposits.settle_at_end(
        customer=Customer.objects.get(pk=customer_id), service_id=service_id, wish=wish,
        reason=reason, on=on, at=at, actor=actor,
    )  # fmt: skip


@receiver(payments_shrank, dispatch_uid="payments.referral_unpaid")
def settle_referrals_again(*, payment_ids: list[int], **_more: Any) -> None:
    """Payments that rewards rest on went back: ring, so that the rewards follow."""
    resting = ReferralReward.objects.filter(earned_by__in=payment_ids, undone_at__isnull=True)
    for customer_id in resting.values_list("referral__referred", flat=True).distinct():
        jobs.after_commit(tasks.settle_referral, customer_id=customer_id)
