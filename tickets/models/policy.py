from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from customers.models import Customer


class Priority(models.TextChoices):
    """How soon somebody should look; the order is the one of the list."""

    LOW = "LOW", _("Low")
    NORMAL = "NORMAL", _("Normal")
    HIGH = "HIGH", _("High")
    URGENT = "URGENT", _("Urgent")


class SlaPolicy(models.Model):
    """How soon we answer and resolve, in minutes of business time; a blank column matches all."""

    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    category = models.ForeignKey(
        "tickets.Category", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    priority = models.CharField(max_length=8, choices=Priority.choices, blank=True)
    customer_class = models.CharField(max_length=12, choices=Customer.Kind.choices, blank=True)
    first_minutes = models.PositiveIntegerField(null=True, blank=True)
    next_minutes = models.PositiveIntegerField(null=True, blank=True)
    resolution_minutes = models.PositiveIntegerField(null=True, blank=True)
    is_around_the_clock = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="sla_policy_once",
                fields=["category", "priority", "customer_class"],
                nulls_distinct=False,
            )
        ]
        verbose_name_plural = "SLA policies"

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """A stretch of a weekday (Monday 0) on which the house is open, `[opens, closes)`.

    Minutes of the local day, 1440 is midnight. Of a branch, or of the company where it has none.
    """

    branch = models.ForeignKey(
        "accounts.Branch", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    weekday = models.PositiveSmallIntegerField()
    opens_minute = models.PositiveSmallIntegerField()
    closes_minute = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="opening_hours_of_a_day",
                condition=Q(weekday__lte=6)
                & Q(opens_minute__lt=F("closes_minute"))
                & Q(closes_minute__lte=1440),
            ),
            ExclusionConstraint(
                name="opening_hours_do_not_overlap",
                expressions=[
                    (Coalesce("branch_id", Value(0)), RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    (
                        Func(
                            F("opens_minute"),
                            F("closes_minute"),
                            function="int4range",
                            output_field=IntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        verbose_name_plural = "opening hours"

    def __str__(self) -> str:
        return f"{self.weekday}: {self.opens_minute}-{self.closes_minute}"
