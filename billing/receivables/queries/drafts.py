"""Invoices in the making, as the office sees them."""

from django.db.models import QuerySet

from billing.invoices.models import Invoice
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User

SIZE = 200


def visible_to(user: User) -> QuerySet[Invoice]:
    """Return the drafts a member of staff may open."""
    if not user.is_console_user:
        return Invoice.objects.none()
    branch = branch_scope(user)
    drafts = Invoice.objects.filter(status=Invoice.Status.DRAFT).select_related("customer")
    return drafts if branch is None else drafts.filter(branch_id=branch)


def page(user: User) -> list[Invoice]:
    """Return the drafts there are, newest first."""
    return list(visible_to(user).order_by("-pk")[:SIZE])
