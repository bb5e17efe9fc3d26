from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models

from resellers.models.reseller import Reseller


class ResellerAssignment(models.Model):
    """Which reseller has a customer on which company dates (first day included, last not).

    Who has the customer on the day money arrives earns of it. What the customer's own row says
    today is followed by a trigger; days to come are written by a move (`services.moving`).
    `reseller` None: the house itself.
    """

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    reseller = models.ForeignKey(
        Reseller, null=True, on_delete=models.PROTECT, related_name="assignments"
    )
    during = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="customer_has_one_reseller",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"customer {self.customer_id} with reseller {self.reseller_id}"
