from django.db import models
from django.db.models import F, Q

from customers.models import Subscription
from ispbill.reports.models.figures import Cell


class Stay(Cell):
    """From when to when somebody was a customer: thirty days away in a row end it.

    Derived from services and suspensions (`reports.services.stays`) and made anew each time figures
    are built. `left_on` is the first day away, once thirty are over; `away_since` the same before.
    What stands beside is as of the last day in use, or of the day the figures were built.
    """

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    stay_no = models.PositiveSmallIntegerField()  # the second: the customer came back
    began_on = models.DateField()
    away_since = models.DateField(null=True)
    left_on = models.DateField(null=True)
    left_because = models.CharField(
        max_length=11, choices=Subscription.Leaving.choices, blank=True, default=""
    )
    monthly_amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="stay_once", fields=["customer", "stay_no"]),
            models.CheckConstraint(
                name="stay_ends_after_it_began",
                condition=Q(left_on__isnull=True) | Q(left_on__gt=F("began_on")),
            ),
            models.CheckConstraint(
                name="stay_left_was_away",
                condition=Q(left_on__isnull=True) | Q(left_on=F("away_since")),
            ),
        ]
        indexes = [
            models.Index(name="stay_began", fields=["began_on"]),
            models.Index(name="stay_left", fields=["left_on"], condition=Q(left_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} since {self.began_on}"
