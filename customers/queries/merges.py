"""Accounts that became a part of another: whom they are now, and which they are."""

from django.db.models import QuerySet

from customers.models import Customer, Merge

_DEEPEST = 20


def survivor(customer: Customer) -> Customer:
    """Return the account one is a part of now; the same one for an account of its own."""
    for _step in range(_DEEPEST):
        if customer.merged_into is None:
            break
        customer = customer.merged_into
    return customer


def survivor_id(customer_id: int) -> int:
    """Return the id of the account that an id means now."""
    found = Customer.objects.select_related("merged_into").filter(pk=customer_id).first()
    return survivor(found).pk if found is not None else customer_id


def taken_over(customer: Customer) -> QuerySet[Merge]:
    """Return the merges by which accounts are a part of this one, the latest first."""
    rows = Merge.objects.filter(survivor=customer, undone_at__isnull=True)
    return rows.select_related("absorbed", "by").order_by("-at", "-pk")


def of_absorbed(customer: Customer) -> Merge | None:
    """Return the merge by which an account became a part of another."""
    return Merge.objects.filter(absorbed=customer, undone_at__isnull=True).first()


def service_id(number: str, line_no: int) -> int | None:
    """Return the id of the service that had a line number of an account before that was merged."""
    merge = Merge.objects.filter(absorbed__number=number, undone_at__isnull=True).first()
    lines = merge.lines if merge is not None else {}
    return next((int(pk) for pk, line in lines.items() if line == line_no), None)


def living_number(number: str) -> str:
    """Return the number of the account that a number means now; itself when nobody has it."""
    found = Customer.objects.select_related("merged_into").filter(number=number).first()
    return survivor(found).number if found is not None else number
