from django.conf import settings
from django.db import models
from django.db.models import Q


class AcquisitionCost(models.Model):
    """What winning customers cost a branch in a month, beside rewards and bonuses: posters, fairs.

    Entered by hand, in the company's currency; nothing is booked by it. One row a month and branch.
    """

    month = models.DateField()  # its first day
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    note = models.CharField(max_length=200, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="acquisition_cost_once", fields=["month", "branch"]),
            models.CheckConstraint(
                name="acquisition_cost_is_not_negative", condition=Q(amount__gte=0)
            ),
            models.CheckConstraint(
                name="acquisition_cost_is_of_a_month", condition=Q(month__day=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.amount}"
