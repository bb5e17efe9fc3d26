"""What the journal's entries of payments are: receipts and vouchers."""

from collections.abc import Sequence

from billing.queries.sources import Source
from payments.models import DepositMove, Payment, Refund


def payments(ids: Sequence[int]) -> dict[int, Source]:
    """Find payments by id, for `billing.queries.sources`."""
    return {
        pk: Source(number, "staff_payments:detail", number) if number else Source(f"payment {pk}")
        for pk, number in Payment.objects.filter(pk__in=ids).values_list("pk", "receipt_number")
    }


def refunds(ids: Sequence[int]) -> dict[int, Source]:
    """Find refunds by id."""
    return {
        pk: Source(number, "staff_payments:paper", number)
        for pk, number in Refund.objects.filter(pk__in=ids).values_list("pk", "number")
    }


def deposit_moves(ids: Sequence[int]) -> dict[int, Source]:
    """Find moves of deposits by id."""
    return {
        pk: Source(number, "staff_payments:paper", number)
        for pk, number in DepositMove.objects.filter(pk__in=ids).values_list("pk", "number")
    }
