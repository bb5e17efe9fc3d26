"""What resellers earned of the history's payments, and customers who brought others."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from billing.allocation.models import Payment
from customers.models import Customer, Referral
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core import phones
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.core.money import ZERO
from ispbill.devtools.demo import days, wallets
from ispbill.devtools.demo.ground import Ground
from resellers.models import Commission, Reseller, Wallet
from resellers.services import (
    accrual,
    collecting,
    commissions,
    moving,
    onboarding,
    payouts,
    transfers,
)

FRIENDS = 3


def show(*, base: Ground, now: datetime, is_at_work: bool) -> None:
    """Write the shares of all payments; approve and pay those of earlier months.

    `is_at_work`: partners also collect cash, and pay from a wallet, today.
    """
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
    if is_at_work:
        _at_work(base=base, now=now)


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


def _at_work(*, base: Ground, now: datetime) -> None:
    """Let a reseller collect cash for the house, and another one pay from a wallet."""
    clerk = base.staff["billing@demo.test"]
    on = now.astimezone(days.ZONE).date()
    holding, paying = Reseller.objects.order_by("pk")[:2]
    act = Act(clerk, now, on=on, reason="agreed with the partner in the office")
    onboarding.limit(reseller=holding, values={"payout_account": "bKash 01911-000001"}, act=act)
    _collect(holding, [Decimal("300.00"), Decimal("450.00")], now=now)
    wallet = Wallet.objects.filter(reseller=holding).first()
    held = wallet.held_amount if wallet else ZERO
    if held:  # of few customers none may owe a partner anything today
        transfers.send(
            reseller=holding,
            kind="REMITTANCE",
            amount=min(held, Decimal("500.00")),
            method="EFT",
            reference="FT-7301",
            key="demo-remittance",
            act=Act(_partner(holding), now, on=on),
        )
    _prepay(paying, act=act, now=now)


def _prepay(mirpur: Reseller, *, act: Act[User], now: datetime) -> None:
    """A second partner of Mirpur-10, with a wallet: a top-up, bills paid from it, one to come."""
    partner = onboarding.apply(
        details=onboarding.Details(
            name="Mirpur Quick Net",
            phone=phones.normalise("01911-000033"),
            email="quicknet@demo.test",
            branch=mirpur.branch,
            kind=Reseller.Kind.PREPAID,
            commission_rate=Decimal("0.20"),
            payout_account="Dutch-Bangla 110-222",
            areas=list(mirpur.areas.all()),
        ),
        act=act,
    )
    partner = onboarding.activate(reseller=partner, act=act)
    User.objects.filter(pk=_partner(partner).pk).update(password=_partner(mirpur).password)
    theirs = Customer.objects.filter(reseller_id=mirpur.pk, archived_at=None).order_by("-pk")
    services = wallets.sell(list(theirs.filter(account_state__balance_amount__lte=0)[:3]), act=act)
    ids = [*theirs.values_list("pk", flat=True)[:8], *[one.customer_id for one in services]]
    moving.move(
        customer_ids=sorted(set(ids)), to=partner, first_day=act.on, act=act, is_confirmed=True
    )
    sent = transfers.send(
        reseller=partner,
        kind="TOPUP",
        amount=Decimal("5000.00"),
        method="BKASH",
        reference="TX8812",
        key="demo-top-up",
        act=act,
    )
    transfers.confirm(transfer=sent, act=act)
    _collect(partner, [Decimal("400.00"), Decimal("600.00")], now=now)
    wallets.price(partner, act=act)
    wallets.renew(services, partner, act=act)
    wallets.held(partner, act=act)
    transfers.send(
        reseller=partner,
        kind="TOPUP",
        amount=Decimal("2000.00"),
        method="EFT",
        reference=partner.number,
        key="demo-top-up-2",
        act=Act(_partner(partner), now, on=act.on),
    )


def _collect(reseller: Reseller, amounts: list[Decimal], *, now: datetime) -> None:
    owing = Customer.objects.filter(
        reseller_id=reseller.pk, account_state__balance_amount__gte=max(amounts)
    ).order_by("pk")
    for customer, amount in zip(owing, amounts, strict=False):
        collecting.collect(
            reseller=reseller,
            customer=customer,
            amount=amount,
            key=f"demo-{reseller.pk}-{customer.pk}",
            act=Act(_partner(reseller), now),
        )


def _partner(reseller: Reseller) -> User:
    if reseller.user is None:
        raise ValueError(f"{reseller} has no login")
    return reseller.user
