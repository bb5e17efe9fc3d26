from django.db import models


class Schedule(models.Model):
    """How far a service has been billed: a narrow row that the billing run moves in place.

    `billed_until` is the first day not billed yet (none before the first bill). Days may be
    skipped (moved past) but never moved back; the invoice lines' exclusion constraint is the
    last word on that.
    """

    subscription = models.OneToOneField(
        "customers.Subscription",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="schedule",
    )
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="schedules"
    )
    billed_until = models.DateField(null=True)
    # Set when one run would have billed more periods than the company finds believable: the
    # service is left out until somebody looks at it.
    held_at = models.DateTimeField(null=True)
    held_periods = models.PositiveSmallIntegerField(null=True)  # how many it would have been
    # What a person allowed after looking: this many periods in one run.
    allowed_periods = models.PositiveSmallIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.subscription_id} until {self.billed_until}"
