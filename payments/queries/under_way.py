"""Payments that were started and have not ended."""

from collections.abc import Sequence
from datetime import date, timedelta

from payments.models import Payment
from payments.queries import debits

# A gateway that has not said a word for so long will not say one: the customer did not pay.
FORGOTTEN_AFTER = timedelta(days=3)


def who_is_paying(customer_ids: Sequence[int], *, on: date) -> set[int]:
    """Return those of the customers with a pending payment of the days up to `on`, or a debit
    order the bank has not answered."""
    pending = Payment.objects.filter(
        customer__in=customer_ids,
        status=Payment.Status.PENDING,
        posted_on__gt=on - FORGOTTEN_AFTER,
    )
    debited = debits.who_is_being_debited(customer_ids, on=on)
    return set(pending.values_list("customer_id", flat=True)) | debited
