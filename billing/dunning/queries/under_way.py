"""Customers whose money may be on its way."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import Q

from billing.allocation.models import Payment
from billing.dunning.models import PaymentUnderWay

# A payment nobody has completed for so long will not be; a gateway that has not said a word for so
# long will not say one.
FORGOTTEN_AFTER = timedelta(days=3)


def who_is_paying(customer_ids: Collection[int], *, on: date) -> set[int]:
    """Return those of the customers whose money may be on its way on a company day.

    Pending payments; debit orders the bank has not answered; online payments somebody believable
    says were made and the gateway has not denied; and those that wait for a person of ours. Merely
    opening a payment page protects nobody.
    """
    if not customer_ids:
        return set()
    pending = Payment.objects.filter(
        customer__in=customer_ids, status=Payment.Status.PENDING, posted_on__gt=on - FORGOTTEN_AFTER
    )
    under_way = PaymentUnderWay.objects.filter(
        Q(until__isnull=True) | Q(until__gte=on), customer__in=customer_ids
    )
    named = [rows.order_by().values_list("customer_id") for rows in (pending, under_way)]
    return {row[0] for row in named[0].union(named[1])}
