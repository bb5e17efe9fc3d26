"""The lock that every change of a customer begins with."""

from collections.abc import Iterable

from customers.models import Standing


def lock(customer_ids: Iterable[int]) -> None:
    """Lock customers' accounts until the transaction ends: always the first lock, in order of id.

    Whoever changes a customer, a service or what they owe takes this lock before reading what the
    change rests on; the billing run takes it before it plans. So each sees all of the other's work
    or nothing of it, and nobody waits in a circle.
    """
    list(
        Standing.objects.select_for_update()
        .filter(customer_id__in=list(customer_ids))
        .order_by("customer_id")
        .values_list("customer_id")
    )
