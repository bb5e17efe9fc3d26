"""What a prepaid service has beside its schedule: whether it renews itself, and days in use that no
bill covers because they were lent or given."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RenewalChoice(models.Model):
    """Whether a prepaid service renews itself from credit; without a row it does."""

    subscription = models.OneToOneField(
        "customers.Subscription", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    is_on = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.subscription_id}: {'on' if self.is_on else 'off'}"


class BridgedDays(models.Model):
    """Days a prepaid service was in use without a line on a bill for them.

    LENT: used after its time was over (grace, or a late job) and taken off the period paid for
    next, whose bill is `invoice`. GIVEN: a present of staff, with a reason.
    """

    class Kind(models.TextChoices):
        LENT = "LENT", _("Lent, taken off the next period")
        GIVEN = "GIVEN", _("Given")

    subscription = models.ForeignKey(
        "customers.Subscription", on_delete=models.PROTECT, related_name="bridged_days"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    span = DateRangeField()
    invoice = models.ForeignKey(
        "billing.Invoice", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name_plural = "bridged days"
        constraints = [
            ExclusionConstraint(
                name="bridged_days_never_overlap",
                expressions=[
                    ("subscription", RangeOperators.EQUAL),
                    ("span", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="bridged_days_are_days",
                condition=Q(
                    span__isempty=False,
                    span__startswith__isnull=False,
                    span__endswith__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.span} of {self.subscription_id}"
