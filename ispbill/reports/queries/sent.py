"""Which reports are sent to whom, as far as a reader may see."""

from django.db.models import Max, Q, QuerySet

from ispbill.accounts.models import User
from ispbill.reports.models import ReportSchedule, SentReport


def visible_to(user: User) -> QuerySet[ReportSchedule]:
    """Return the schedules a person made or reads; an owner sees them all."""
    found = ReportSchedule.objects.filter(ended_at=None)
    if user.role == User.Role.OWNER:
        return found
    mine = ReportSchedule.objects.filter(Q(created_by=user) | Q(people=user)).values("pk")
    return found.filter(pk__in=mine)


def listed(user: User) -> QuerySet[ReportSchedule]:
    """Return the same as the library lists them, with when each was sent last."""
    found = visible_to(user).select_related("branch").prefetch_related("people")
    return found.annotate(last_at=Max("sent__sent_at")).order_by("-pk")


def papers_of(user: User) -> QuerySet[SentReport]:
    """Return the papers that were sent to a person: nobody else opens them."""
    return SentReport.objects.filter(person=user).select_related("schedule", "branch")
