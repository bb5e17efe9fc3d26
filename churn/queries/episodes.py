"""Episodes of high risk: who is in one, and who comes into one."""

from django.db.models import QuerySet

from churn.models import ChurnEpisode, ChurnScore
from customers.models import Customer

HIGH = Customer.ChurnRisk.HIGH


def newest(customer: Customer) -> ChurnEpisode | None:
    """Return a customer's present or last episode."""
    found = ChurnEpisode.objects.filter(customer=customer).select_related("overridden_by")
    return found.order_by("-number").first()


def reached_high() -> QuerySet[ChurnScore]:
    """Return the scores at high risk of customers without an open episode."""
    inside = ChurnEpisode.objects.filter(ended_on=None)
    return ChurnScore.objects.filter(level=HIGH).exclude(customer__in=inside.values("customer"))
