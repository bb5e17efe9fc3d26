"""What the books' facts set going here, after they are committed: a task each."""

from typing import Any

from django.dispatch import receiver

from billing.signals import invoices_issued, payment_settled, payments_shrank
from ispbill.core import jobs
from payments.bank.models import StatementPart
from payments.referrals.models import ReferralReward


@receiver(invoices_issued, dispatch_uid="payments.allocate_credit")
def spend_credit_on_new_invoices(*, run_id: int | None = None, **_more: Any) -> None:
    """New bills may be payable from credit already there."""
    jobs.enqueue("payments.allocate_credit", run_id=run_id)


@receiver(payment_settled, dispatch_uid="payments.referral_paid")
def settle_referral(*, referred_id: int | None = None, **_more: Any) -> None:
    """A first payment of somebody who was referred may earn the reward."""
    if referred_id is not None:
        jobs.enqueue("payments.settle_referral", customer_id=referred_id)


@receiver(payments_shrank, dispatch_uid="payments.lines_of_reversed")
def free_lines(*, payment_ids: list[int], **_more: Any) -> None:
    """Statement lines that stood for payments just reversed are nobody's again."""
    if StatementPart.objects.filter(payment__in=payment_ids, undone_at__isnull=True).exists():
        jobs.enqueue("payments.free_lines", payment_ids=payment_ids)


@receiver(payments_shrank, dispatch_uid="payments.referral_unpaid")
def settle_referrals_again(*, payment_ids: list[int], **_more: Any) -> None:
    """Payments that rewards rest on went back: the rewards follow."""
    resting = ReferralReward.objects.filter(earned_by__in=payment_ids, undone_at__isnull=True)
    for customer_id in resting.values_list("referral__referred", flat=True).distinct():
        jobs.enqueue("payments.settle_referral", customer_id=customer_id)
