"""What the journal's entries of resellers are about."""

from collections.abc import Sequence

from billing.books.queries.sources import Source
from resellers.models import Commission, CommissionBack, Payout


def commissions(ids: Sequence[int]) -> dict[int, Source]:
    """Find commissions by id: each leads to the payment it is a share of."""
    found = Commission.objects.filter(pk__in=ids)
    return {
        pk: Source(receipt or f"commission {pk}", "staff_payments:detail", receipt or "")
        for pk, receipt in found.values_list("pk", "payment__receipt_number")
    }


def backs(ids: Sequence[int]) -> dict[int, Source]:
    """Find what was clawed back of commissions by id."""
    found = CommissionBack.objects.filter(pk__in=ids)
    return {
        pk: Source(receipt or f"commission {pk}", "staff_payments:detail", receipt or "")
        for pk, receipt in found.values_list("pk", "commission__payment__receipt_number")
    }


def payouts(ids: Sequence[int]) -> dict[int, Source]:
    """Find payouts by id."""
    return {
        pk: Source(number, "staff_resellers:payout", number)
        for pk, number in Payout.objects.filter(pk__in=ids).values_list("pk", "number")
    }
