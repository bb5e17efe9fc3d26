"""What resellers earned of the history's payments, and customers who brought others."""

from datetime import datetime, timedelta

from django.db import transaction

from billing.allocation.models import Payment
from customers.models import Customer, Referral
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.devtools.demo import days
from ispbill.devtools.demo.ground import Ground
from resellers.models import Commission, Reseller
from resellers.services import accrual, commissions, payouts

FRIENDS = 3


def show(*, base: Ground, now: datetime) -> None:
    """Write the shares of all payments; approve and pay those of earlier months."""
    clerk, owner = base.staff["billing@demo.test"], base.owner
    on = now.astimezone(days.ZONE).date()
    with transaction.atomic():
        trail.begin(act=Act(None, now, reason="shares of resellers in earlier payments"))
        earned = Payment.objects.filter(
            status=Payment.Status.COMPLETED, customer__reseller_id__isnull=False
        )
        accrual.earn(payment_ids=list(earned.order_by("pk").values_list("pk", flat=True)))
    old = Commission.objects.filter(earned_on__lt=on.replace(day=1)).order_by("pk")
    commissions.approve(commission_ids=list(old.values_list("pk", flat=True)), act=Act(clerk, now))
    with_some = Reseller.objects.filter(commissions__status=Commission.Status.APPROVED).distinct()
    for place, reseller in enumerate(with_some.order_by("pk")):
        payout = payouts.record(
            reseller=reseller,
            method="EFT",
            reference=f"FT-{place + 1:04d}",
            act=Act(clerk, now, on=on),
        )
        if payout.is_waiting and place == 0:
            payouts.approve(payout=payout, act=Act(owner, now, on=on))
    _referrals(now)


def _referrals(now: datetime) -> None:
    """Let a few who were brought and have not paid yet be so by the programme's terms."""
    company = Company.current()
    brought = (
        Customer.objects.select_related("referred_by")
        .filter(
            referred_by__isnull=False,
            referred_by__archived_at__isnull=True,
            archived_at__isnull=True,
            account_state__last_paid_at__isnull=True,
        )
        .order_by("-customer_since", "-pk")
    )
    Referral.objects.bulk_create(
        Referral(
            referrer=friend.referred_by,
            referred=friend,
            referrer_amount=company.referrer_reward_amount,
            friend_amount=company.friend_reward_amount,
            minimum_amount=company.referral_minimum_amount,
            joined_at=friend.created_at,
            expires_on=friend.customer_since + timedelta(days=company.referral_valid_days),
        )
        for friend in brought[:FRIENDS]
        if friend.referred_by is not None
    )
