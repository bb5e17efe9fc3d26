"""Marking the accounts that may be duplicates, for the list and the page of a customer."""

from collections.abc import Collection

from django.db import transaction

from customers.models import Customer
from ispbill.audit.services import trail
from ispbill.core.acts import Act


@transaction.atomic
def mark(*, suspects: Collection[int], act: Act) -> int:
    """Mark exactly these customers (ids) as suspects; return how many marks changed."""
    trail.begin(act=act.because(""))
    wanted = set(suspects)
    marked = set(Customer.objects.filter(is_duplicate_suspect=True).values_list("pk", flat=True))
    fresh, stale = wanted - marked, marked - wanted
    Customer.objects.filter(pk__in=fresh).update(is_duplicate_suspect=True)
    Customer.objects.filter(pk__in=stale).update(is_duplicate_suspect=False)
    return len(fresh) + len(stale)
