from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DayException(models.Model):
    """Days of a service that are not billed as usual, and why; `span` is half-open.

    FREE: they came to nothing, by price or discount. SKIPPED: somebody decided that they are never
    billed. KEPT: billed days after the service's end that the company does not give back. Written
    once and never changed; `billing.changes.services.coverage` weighs them against bills and
    suspensions.
    """

    class Kind(models.TextChoices):
        FREE = "FREE", _("Free of charge")
        SKIPPED = "SKIPPED", _("Left unbilled")
        KEPT = "KEPT", _("Kept after the end")

    subscription = models.ForeignKey(
        "customers.Subscription", on_delete=models.PROTECT, related_name="day_exceptions"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    span = DateRangeField()
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="day_exception_has_both_days",
                condition=Q(
                    span__isempty=False,
                    span__startswith__isnull=False,
                    span__endswith__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="day_exception_left_unbilled_says_why",
                condition=~Q(kind="SKIPPED") | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.span} of {self.subscription_id}"
