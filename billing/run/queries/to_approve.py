"""Plans of a day that wait for a second person."""

from datetime import date

from django.db.models import QuerySet

from billing.run.models import DryRun
from ispbill.accounts.models import User


def dry_runs(user: User, *, on: date, branch_id: int | None = None) -> QuerySet[DryRun]:
    """Return the plans of days not gone by that wait for this person: none of the own ones."""
    found = DryRun.objects.filter(
        status=DryRun.Status.PROPOSED, needs_second=True, business_date__gte=on
    ).exclude(proposed_by=user)
    return found if branch_id is None else found.filter(branch_id=branch_id)
