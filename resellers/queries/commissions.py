"""Commissions and payouts as pages show them: lists, and sums for each reseller."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DecimalField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from resellers.models import Commission, CommissionBack, Payout, Reseller

_NONE = Value(Decimal("0.00"), output_field=DecimalField(max_digits=14, decimal_places=2))


@dataclass(frozen=True)
class Sums:
    """What a reseller has to come, in the company's currency."""

    waiting: Decimal  # not approved yet
    approved: Decimal
    claimed: Decimal  # to be deducted
    paid: Decimal

    @property
    def payable(self) -> Decimal:
        """Approved, less what is claimed back; below zero the reseller owes it."""
        return self.approved - self.claimed


def visible_commissions(user: User) -> QuerySet[Commission]:
    """Return the commissions a member of staff may see."""
    branch = branch_scope(user)
    found = Commission.objects.select_related("reseller", "customer", "payment", "subscription")
    return found if branch is None else found.filter(reseller__branch=branch)


def visible_payouts(user: User) -> QuerySet[Payout]:
    """Return the payouts a member of staff may see."""
    branch = branch_scope(user)
    found = Payout.objects.select_related("reseller", "prepared_by", "decided_by")
    return found if branch is None else found.filter(reseller__branch=branch)


def visible_resellers(user: User) -> QuerySet[Reseller]:
    """Return the resellers a member of staff may see."""
    branch = branch_scope(user)
    return Reseller.objects.all() if branch is None else Reseller.objects.filter(branch=branch)


def sums_of(resellers: QuerySet[Reseller]) -> list[tuple[Reseller, Sums]]:
    """Return resellers by name with what each has to come; four queries for however many."""
    worth = F("amount") - F("clawed_back_amount")
    status = Commission.Status
    earned = {
        row["reseller"]: row
        for row in Commission.objects.filter(reseller__in=resellers)
        .values("reseller")
        .annotate(
            waiting=Coalesce(Sum(worth, filter=Q(status=status.ACCRUED)), _NONE),
            approved=Coalesce(
                Sum(worth, filter=Q(status=status.APPROVED, payout__isnull=True)), _NONE
            ),
        )
        .order_by("reseller")
    }
    claims = dict(
        CommissionBack.objects.filter(reseller__in=resellers, is_claim=True, payout__isnull=True)
        .values_list("reseller")
        .annotate(sum=Sum("amount"))
        .order_by("reseller")
    )
    paid = dict(
        Payout.objects.filter(reseller__in=resellers, status=Payout.Status.PAID)
        .values_list("reseller")
        .annotate(sum=Sum("amount"))
        .order_by("reseller")
    )
    none = Decimal("0.00")
    return [
        (
            one,
            Sums(
                waiting=earned[one.pk]["waiting"] if one.pk in earned else none,
                approved=earned[one.pk]["approved"] if one.pk in earned else none,
                claimed=claims.get(one.pk, none),
                paid=paid.get(one.pk, none),
            ),
        )
        for one in resellers.order_by("name")
    ]
