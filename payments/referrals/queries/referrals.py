"""Referrals with their money: for staff, and for the customer who brought friends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Prefetch, QuerySet, Sum

from billing.allocation.rules.masking import masked_name
from customers.models import Customer, Referral
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from payments.referrals.models import ReferralReward

MOST_FRIENDS = 200


@dataclass(frozen=True)
class Friend:
    """A friend as the customer who brought them sees it; `amount` in the company's currency."""

    name: str
    status: str
    joined_at: datetime
    amount: Decimal


@dataclass(frozen=True)
class Cost:
    """What the programme has cost: `spent` in the company's currency, for so many friends."""

    credited: int
    spent: Decimal

    @property
    def each(self) -> Decimal | None:
        """Return the cost of one acquisition, to the cent; None before there is one."""
        if not self.credited:
            return None
        return (self.spent / self.credited).quantize(Decimal("0.01"), ROUND_HALF_UP)


def visible_to(user: User) -> QuerySet[Referral]:
    """Return the referrals a member of staff may see, with both customers."""
    found = Referral.objects.select_related("referrer", "referred", "decided_by")
    branch = branch_scope(user)
    return found if branch is None else found.filter(referrer__branch=branch)


def suspicious(found: QuerySet[Referral]) -> QuerySet[Referral]:
    """Return those that wait for somebody to say whether they are true."""
    return found.filter(status=Referral.Status.PENDING, decided_at=None).exclude(suspicion="")


def with_rewards(found: QuerySet[Referral]) -> QuerySet[Referral]:
    """Load the standing rewards with their payments, one query for all."""
    standing = (
        ReferralReward.objects.filter(undone_at__isnull=True)
        .select_related("payment", "earned_by")
        .order_by("pk")
    )
    return found.prefetch_related(Prefetch("rewards", queryset=standing, to_attr="standing"))


def cost(found: QuerySet[Referral]) -> Cost:
    """Return what the credited ones of these referrals have cost, both sides together."""
    credited = found.filter(status=Referral.Status.CREDITED).count()
    standing = ReferralReward.objects.filter(undone_at__isnull=True, referral__in=found)
    spent = standing.aggregate(spent=Sum("payment__amount"))["spent"] or Decimal(0)
    return Cost(credited, spent)


def friends_of(customer: Customer) -> list[Friend]:
    """Return the friends a customer brought, newest first, under masked names."""
    rows = (
        Referral.objects.filter(referrer=customer)
        .select_related("referred")
        .order_by("-pk")[:MOST_FRIENDS]
    )
    return [
        Friend(
            masked_name(row.referred.name),
            row.status,
            row.joined_at,
            Decimal(0) if row.is_beyond_cap else row.referrer_amount,
        )
        for row in rows
    ]


def earned(friends: Sequence[Friend]) -> Decimal:
    """Return what friends have brought so far."""
    credited = [one.amount for one in friends if one.status == Referral.Status.CREDITED]
    return sum(credited, Decimal(0))
