"""Which issued invoices a person may see, and a customer's own bills, newest first."""

from collections.abc import Iterable

from django.db.models import QuerySet

from billing.invoices.models import Invoice
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User


def visible_to(user: User, *, customer_ids: Iterable[int] | None = None) -> QuerySet[Invoice]:
    """Return the issued invoices a person may open; the only door to one.

    Portal requests pass the accounts their guard found; without them only staff see anything,
    a branch manager the branch's.
    """
    invoices = Invoice.objects.exclude(status=Invoice.Status.DRAFT)
    if customer_ids is not None:
        return invoices.filter(customer_id__in=customer_ids)
    if not user.is_console_user:
        return invoices.none()
    branch = branch_scope(user)
    return invoices if branch is None else invoices.filter(branch_id=branch)
