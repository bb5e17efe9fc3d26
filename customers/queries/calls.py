"""Calls with customers and leads, and those that are to be followed up."""

from datetime import datetime

from django.db.models import QuerySet

from customers.models import Call
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User


def visible_to(user: User) -> QuerySet[Call]:
    """Return the calls a member of staff may see: a branch manager those of the branch."""
    if not user.is_console_user:
        return Call.objects.none()
    branch = branch_scope(user)
    return Call.objects.all() if branch is None else Call.objects.filter(branch_id=branch)


def to_follow_up(owner: User, *, at: datetime) -> QuerySet[Call]:
    """Return the calls whose follow-up is due and is this person's."""
    return Call.objects.filter(owner=owner, follow_up_at__lte=at, done_at__isnull=True)


def open_ones(calls: QuerySet[Call]) -> QuerySet[Call]:
    """Narrow calls to those that are to be followed up, due or not."""
    return calls.filter(follow_up_at__isnull=False, done_at__isnull=True)
