"""What a payout to a reseller would be: commissions, claims, the tax kept."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from resellers.models import Commission, CommissionBack, Reseller
from resellers.rules.dues import Due


@dataclass(frozen=True)
class Reckoned:
    """What a payout would be of: commissions, claims deducted, the tax rate (a fraction)."""

    commissions: Sequence[Commission]
    claims: Sequence[CommissionBack]
    withholding_rate: Decimal

    @property
    def earned(self) -> Decimal:
        return sum((one.worth for one in self.commissions), Decimal(0))

    @property
    def claimed(self) -> Decimal:
        return sum((one.amount for one in self.claims), Decimal(0))

    @property
    def due(self) -> Due:
        return Due(self.earned, self.claimed, self.withholding_rate)

    @property
    def amount(self) -> Decimal:
        return self.due.amount


def reckon(reseller: Reseller, *, commission_ids: Collection[int] | None = None) -> Reckoned:
    """Return what a payout of approved commissions would be: of all, or of these.

    Every open claim is deducted.
    """
    approved = Commission.objects.filter(
        reseller=reseller, status=Commission.Status.APPROVED, payout__isnull=True
    )
    if commission_ids is not None:
        approved = approved.filter(pk__in=list(commission_ids))
    claims = CommissionBack.objects.filter(reseller=reseller, is_claim=True, payout__isnull=True)
    return Reckoned(
        list(approved.order_by("pk")), list(claims.order_by("pk")), reseller.withholding_rate
    )
