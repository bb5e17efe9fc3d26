"""Reward referrals: credit for the customer who brought another (and for the one who came), once
that one has paid.

It happens after the payment's own transaction, because it touches two accounts, and accounts are
locked in order of id by everybody (docs/adr/0027-partners.md). What a payment calls for stands in
the rows, so a lost call is made up for by the sweep, and doing it twice does it once. The reward is
a payment of method REFERRAL: it pays bills like any other, and is never paid out.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from billing.allocation.models import Payment
from billing.dunning.services import exclusions
from billing.ledger.services import account_states
from billing.receivables.services import reversal, settlement
from billing.receivables.services.admission import Asked
from customers.models import AccountState, Customer, Referral
from customers.services import referrals
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core import clock, statements
from ispbill.core.acts import Act
from ispbill.core.models import Company
from payments.referrals.models import ReferralReward

Status = Referral.Status
SPARED = timedelta(days=7)  # no line is cut so soon because a reward went back
UNDONE = "the friend's payment was reversed"

# What counts as having paid: money of the friend's own, enough of it left, within the days agreed.
_EARNS = """
    p.customer_id = r.referred_id AND p.status = 'COMPLETED'
    AND p.method NOT IN ('ADJUSTMENT', 'DEPOSIT', 'REFERRAL')
    AND p.amount - p.refunded_amount > 0 AND p.amount - p.refunded_amount >= r.minimum_amount
    AND p.received_at >= r.joined_at AND p.posted_on <= r.expires_on
"""

# One row each: to credit, to take back, or over.
_DUE = f"""
    SELECT r.id FROM customers_referral r
    WHERE r.status = 'PENDING'
      AND ((r.suspicion = '' OR r.decided_at IS NOT NULL)
           AND EXISTS (SELECT FROM billing_payment p WHERE {_EARNS})
           OR r.expires_on < %(on)s AND NOT EXISTS (SELECT FROM billing_payment p WHERE {_EARNS}))
    UNION
    SELECT w.referral_id FROM payments_referralreward w
    JOIN customers_referral r ON r.id = w.referral_id
    JOIN billing_payment q ON q.id = w.earned_by_id
    WHERE w.undone_at IS NULL
      AND NOT EXISTS (SELECT FROM billing_payment p WHERE p.id = q.id AND {_EARNS})
    ORDER BY 1
"""  # noqa: S608 - composed from the constant above


def settle_all(*, at: datetime) -> int:
    """Bring every referral up to date: credit, take back, let expire; return how many moved."""
    due = [row[0] for row in statements.read(_DUE, {"on": clock.local_date(at)})]
    return sum(settle(referral_id=pk, at=at) for pk in due)


def settle_of(*, customer_id: int, at: datetime) -> bool:
    """Bring the referral of a customer who was brought up to date, when there is one."""
    pk = Referral.objects.filter(referred=customer_id).values_list("pk", flat=True).first()
    return settle(referral_id=pk, at=at) if pk is not None else False


@transaction.atomic
def settle(*, referral_id: int, at: datetime) -> bool:
    """Credit a referral whose friend has paid, take back one whose payment went, let it expire.

    Returns whether it moved; whoever comes second finds nothing to do.
    """
    trail.begin(act=Act(None, at, reason="reward for a referral"))
    # Lock. Payments of the friend wait for the friend's account, so what is read below stands.
    referral = _locked(referral_id)
    # Decide and change.
    if referral.status == Status.CREDITED:
        if _standing_one(referral) is not None:
            return False
        _take_back(referral, act=Act(None, at, reason=UNDONE))
        trail.begin(act=Act(None, at, reason=UNDONE))
        referrals.mark(referral=referral, status=Status.PENDING, act=Act(None, at, reason=UNDONE))
        return True
    if referral.status != Status.PENDING:
        return False
    earned_by = _first_payment(referral)
    if earned_by is None:
        return _expire(referral, on=clock.local_date(at), at=at)
    if referrals.look_again(referral=referral, act=Act(None, at)):
        return False
    referrer = Customer.objects.get(pk=referral.referrer_id)
    if referrer.is_archived:
        referrals.mark(
            referral=referral,
            status=Status.EXPIRED,
            act=Act(
                None, at, reason=_("The account of the customer who brought the friend is closed")
            ),
        )
        return True
    _refuse_beyond_cap(referral, act=Act(None, at))
    if referral.is_beyond_cap and not referral.friend_amount:
        why = _("The customer who brought the friend has had the most of a year")
        referrals.mark(referral=referral, status=Status.EXPIRED, act=Act(None, at, reason=why))
        return True
    _give(referral, earned_by, at=at)
    referrals.mark(referral=referral, status=Status.CREDITED, act=Act(None, at))
    return True


@transaction.atomic
def refuse(*, referral: Referral, act: Act[User]) -> Referral:
    """Refuse a referral, and take its reward back when it was given.

    Raises ReasonMissing, and NotWaiting when it has expired or was refused before.
    """
    act = trail.begin_with_reason(act=act)
    referral = _locked(referral.pk)
    if referral.status != Status.CREDITED:
        return referrals.refuse(referral=referral, act=act)
    _take_back(referral, act=act)
    trail.begin(act=act)
    referral.decided_by, referral.decided_at = act.actor, act.at
    return referrals.mark(referral=referral, status=Status.REFUSED, act=act)


def _locked(referral_id: int) -> Referral:
    """Lock both accounts in order of id, then the referral; a corrected one is read again."""
    before = Referral.objects.get(pk=referral_id)
    account_states.lock([before.referrer_id, before.referred_id])
    referral = Referral.objects.select_for_update(of=("self",)).get(pk=referral_id)
    if referral.referrer_id != before.referrer_id:
        account_states.lock([referral.referrer_id])
    return referral


def _first_payment(referral: Referral) -> Payment | None:
    return _earning(referral, "ORDER BY p.received_at, p.id LIMIT 1", [])


def _standing_one(referral: Referral) -> Payment | None:
    """Return the payment a credited referral rests on while it still bears it."""
    rests_on = (
        ReferralReward.objects.filter(referral=referral, undone_at__isnull=True)
        .values_list("earned_by", flat=True)
        .first()
    )
    return _earning(referral, "AND p.id = %s", [rests_on])


def _earning(referral: Referral, rest: str, values: list[object]) -> Payment | None:
    found = Payment.objects.raw(
        f"SELECT p.* FROM billing_payment p JOIN customers_referral r ON r.id = %s WHERE {_EARNS}"  # noqa: S608 - composed of constants
        f" {rest}",
        [referral.pk, *values],
    )
    return next(iter(found), None)


def _expire(referral: Referral, *, on: date, at: datetime) -> bool:
    if on <= referral.expires_on:
        return False
    referrals.mark(referral=referral, status=Status.EXPIRED, act=Act(None, at))
    return True


def _refuse_beyond_cap(referral: Referral, *, act: Act) -> None:
    """Find out whether the year's rewards of who brought are used up; those taken back free theirs.

    The account of who brought is locked, so no other reward is given meanwhile.
    """
    cap = Company.current().referral_yearly_cap
    if referral.is_beyond_cap or cap is None or not referral.referrer_amount:
        return
    zone = clock.zone()
    start = datetime(act.on.year, 1, 1, tzinfo=zone)
    given = ReferralReward.objects.filter(
        side=ReferralReward.Side.REFERRER,
        customer=referral.referrer_id,
        undone_at__isnull=True,
        given_at__gte=start,
        given_at__lt=datetime(act.on.year + 1, 1, 1, tzinfo=zone),
    )
    if given.count() >= cap:
        referrals.put_beyond_cap(referral=referral, act=act)


def _spare(customer_ids: list[int], *, act: Act) -> None:
    """Cut no line for a week because a reward was taken back; a longer exclusion stays."""
    until = act.on + SPARED
    shorter = Q(excluded_until__isnull=True) | Q(excluded_until__lt=until)
    found = AccountState.objects.filter(shorter, customer__in=customer_ids, balance_amount__gt=0)
    spared = list(found.order_by("pk").values_list("pk", flat=True))
    if spared:
        exclusions.exclude(customer_ids=spared, until=until, act=act)


def _give(referral: Referral, earned_by: Payment, *, at: datetime) -> None:
    sides: list[tuple[str, int, Decimal]] = [
        (ReferralReward.Side.REFERRER, referral.referrer_id, referral.referrer_amount),
        (ReferralReward.Side.FRIEND, referral.referred_id, referral.friend_amount),
    ]
    for side, customer_id, amount in sides:
        is_refused = side == ReferralReward.Side.REFERRER and referral.is_beyond_cap
        if not amount or is_refused:
            continue
        settled = settlement.settle(
            Asked(
                customer_id=customer_id,
                amount=amount,
                method=Payment.Method.REFERRAL,
                received_by=None,
                received_at=at,
                key=f"referral:{referral.pk}:{side}:{earned_by.pk}",
                is_repeat_confirmed=True,
                act=Act(None, at),
            )
        )
        ReferralReward.objects.create(
            referral=referral,
            side=side,
            customer_id=customer_id,
            payment=settled.payment,
            earned_by=earned_by,
            given_at=at,
        )


def _take_back(referral: Referral, *, act: Act) -> None:
    rewards = ReferralReward.objects.select_related("payment").filter(
        referral=referral, undone_at__isnull=True
    )
    taken = list(rewards.order_by("pk"))
    for reward in taken:
        reversal.reverse(
            payment=reward.payment,
            act=Act(act.actor if isinstance(act.actor, User) else None, act.at, reason=act.reason),
            is_reward=True,
        )
        reward.undone_at = act.at
        reward.save(update_fields=["undone_at"])
    _spare([reward.customer_id for reward in taken], act=act)
