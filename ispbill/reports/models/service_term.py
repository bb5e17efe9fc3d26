from django.db import models
from django.db.models import F, Q

from ispbill.reports.models.figures import Cell


class ServiceTerm(Cell):
    """A stretch of days on which a service was in one state, at one monthly price, in one place.

    The terms of a service follow each other without gap from the day it was taken on; the last is
    open. They are derived from the service, its suspensions, discounts, add-ons and row versions
    (`reports.services.terms`) and can be made anew at any time. `monthly_amount` is what the term
    counts in monthly recurring revenue, in the company's currency, net; zero unless ACTIVE.
    """

    class Status(models.TextChoices):
        PENDING = "PENDING"
        ACTIVE = "ACTIVE"  # counted: in use, or switched off on days that are billed all the same
        PAUSED = "PAUSED"  # switched off on days that are not billed
        ENDED = "ENDED"

    subscription = models.ForeignKey(
        "customers.Subscription", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    line_no = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)  # the first day not in it
    status = models.CharField(max_length=7, choices=Status.choices)
    monthly_amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="service_term_starts_once", fields=["subscription", "starts_on"]
            ),
            models.CheckConstraint(
                name="service_term_has_days",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
            ),
            models.CheckConstraint(
                name="service_term_counts_only_when_active",
                condition=Q(monthly_amount__gte=0) & (Q(status="ACTIVE") | Q(monthly_amount=0)),
            ),
        ]
        indexes = [
            models.Index(name="service_term_start", fields=["starts_on"]),
            models.Index(name="service_term_customer", fields=["customer", "starts_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.status} from {self.starts_on}"
