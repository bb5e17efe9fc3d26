"""What the journal's payments are: their receipts."""

from collections.abc import Sequence

from billing.queries.sources import Source
from payments.models import Payment


def payments(ids: Sequence[int]) -> dict[int, Source]:
    """Find payments by id, for `billing.queries.sources`."""
    return {
        pk: Source(number, "staff_payments:detail", number) if number else Source(f"payment {pk}")
        for pk, number in Payment.objects.filter(pk__in=ids).values_list("pk", "receipt_number")
    }
