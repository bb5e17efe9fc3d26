"""What the journal's entries of resellers are about."""

from collections.abc import Sequence

from billing.books.queries.sources import Source
from resellers.models import Checkout, CheckoutRefund, Commission, CommissionBack, Payout, Transfer


def commissions(ids: Sequence[int]) -> dict[int, Source]:
    """Find commissions by id: each leads to the payment it is a share of."""
    found = Commission.objects.filter(pk__in=ids)
    return {
        pk: Source(receipt, "staff_payments:detail", receipt)
        for pk, receipt in found.values_list("pk", "payment__receipt_number")
        if receipt
    }


def backs(ids: Sequence[int]) -> dict[int, Source]:
    """Find what was clawed back of commissions by id."""
    found = CommissionBack.objects.filter(pk__in=ids)
    return {
        pk: Source(receipt, "staff_payments:detail", receipt)
        for pk, receipt in found.values_list("pk", "commission__payment__receipt_number")
        if receipt
    }


def payouts(ids: Sequence[int]) -> dict[int, Source]:
    """Find payouts by id."""
    return {
        pk: Source(number, "staff_resellers:payout", number)
        for pk, number in Payout.objects.filter(pk__in=ids).values_list("pk", "number")
    }


def transfers(ids: Sequence[int]) -> dict[int, Source]:
    """Find transfers by id: each leads to its reseller."""
    found = Transfer.objects.filter(pk__in=ids).select_related("reseller")
    return {
        one.pk: Source(one.number, "staff_resellers:reseller", one.reseller.number) for one in found
    }


def checkouts(ids: Sequence[int]) -> dict[int, Source]:
    """Find refused top-ups by id: each leads to its reseller."""
    found = Checkout.objects.filter(pk__in=ids).select_related("reseller")
    return {
        one.pk: Source(one.order, "staff_resellers:reseller", one.reseller.number) for one in found
    }


def refunds(ids: Sequence[int]) -> dict[int, Source]:
    """Find what was sent back of refused top-ups by id: each leads to its reseller."""
    rows = CheckoutRefund.objects.filter(pk__in=ids).select_related("checkout__reseller")
    return {
        one.pk: Source(one.checkout.order, "staff_resellers:reseller", one.checkout.reseller.number)
        for one in rows
    }
