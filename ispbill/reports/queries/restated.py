"""Figures of complete months that say something else since they were first told."""

from datetime import date

from django.db.models import QuerySet

from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from ispbill.reports.models import FigureRestatement
from ispbill.reports.rules.months import first_of


def visible_to(user: User) -> QuerySet[FigureRestatement]:
    """Return what a member of staff may see: a branch manager those of the branch."""
    branch = branch_scope(user)
    found = FigureRestatement.objects.all()
    return found if branch is None else found.filter(branch=branch)


def of_days(user: User, *, since: date, until: date) -> QuerySet[FigureRestatement]:
    """Return those of the months that the days touch, the newest first."""
    found = visible_to(user).filter(month__gte=first_of(since), month__lte=until)
    return found.select_related("branch", "entry").order_by("-noted_at", "-month", "figure", "pk")
