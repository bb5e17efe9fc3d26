"""Payments that were started and have not ended."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Q

from payments.models import Payment, PaymentAttempt
from payments.queries import debits

# A gateway that has not said a word for so long will not say one: the customer did not pay.
FORGOTTEN_AFTER = timedelta(days=3)


def who_is_paying(customer_ids: Sequence[int], *, on: date) -> set[int]:
    """Return those of the customers whose money may be on its way on a company day.

    Pending payments; debit orders the bank has not answered; online payments somebody believable
    says were made and the gateway has not denied; and those that wait for a person of ours. Merely
    opening a payment page protects nobody.
    """
    pending = Payment.objects.filter(
        customer__in=customer_ids,
        status=Payment.Status.PENDING,
        posted_on__gt=on - FORGOTTEN_AFTER,
    )
    claimed = Q(state__in=PaymentAttempt.UNPAID, claimed_at__date__gt=on - FORGOTTEN_AFTER)
    held = PaymentAttempt.objects.filter(
        claimed | Q(state__in=PaymentAttempt.UNDECIDED), customer__in=customer_ids
    )
    debited = debits.being_debited(customer_ids, on=on)
    named = [rows.order_by().values_list("customer_id") for rows in (pending, held, debited)]
    return {row[0] for row in named[0].union(*named[1:])}
