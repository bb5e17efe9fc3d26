from django.conf import settings
from django.db import models
from django.db.models import F, Q


class LineTrial(models.Model):
    """A pending service's line, opened for an hour so that the technician can try the
    installation. Nothing is billed for it; a few are allowed for each job."""

    order = models.ForeignKey(
        "fieldservice.WorkOrder", on_delete=models.PROTECT, related_name="line_trials"
    )
    number = models.PositiveSmallIntegerField()  # the first, second, third of the job
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="line_trial_number_once", fields=["order", "number"]),
            models.UniqueConstraint(
                name="line_trial_one_open", fields=["order"], condition=Q(closed_at__isnull=True)
            ),
            models.CheckConstraint(
                name="line_trial_three_a_job", condition=Q(number__range=(1, 3))
            ),
            models.CheckConstraint(
                name="line_trial_ends_after_it_began", condition=Q(until__gt=F("opened_at"))
            ),
        ]
        indexes = [
            models.Index(
                name="line_trial_open", fields=["until"], condition=Q(closed_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.number}"
