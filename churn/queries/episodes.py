"""Episodes of high risk: who is in one, and who may see them."""

from django.db.models import QuerySet

from churn.models import ChurnEpisode, ChurnScore, RetentionTask
from customers.models import Customer
from customers.queries import directory
from ispbill.accounts.access import branch_scope, may
from ispbill.accounts.models import User

HIGH = Customer.ChurnRisk.HIGH


def visible_to(user: User) -> QuerySet[RetentionTask]:
    """Return the retention tasks a member of staff may see; a branch manager those of the branch."""
    if not user.is_console_user or not may(user, "churn.view"):
        return RetentionTask.objects.none()
    branch = branch_scope(user)
    found = RetentionTask.objects.all()
    return found if branch is None else found.filter(customer__branch_id=branch)


def newest(customer: Customer) -> ChurnEpisode | None:
    """Return a customer's present or last episode."""
    found = ChurnEpisode.objects.filter(customer=customer).select_related("overridden_by")
    return found.order_by("-number").first()


def reached_high() -> QuerySet[ChurnScore]:
    """Return the scores at high risk of customers without an open episode."""
    inside = ChurnEpisode.objects.filter(ended_on=None)
    return ChurnScore.objects.filter(level=HIGH).exclude(customer__in=inside.values("customer"))


def finished_since(user: User) -> QuerySet[ChurnEpisode]:
    """Return the episodes whose result is known, of the branches the user may see."""
    known = ChurnEpisode.objects.filter(has_left__isnull=False)
    return known.filter(customer__in=directory.visible_to(user))
