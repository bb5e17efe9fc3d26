from django.conf import settings
from django.db import models
from django.db.models import F, Q


class WorkingDay(models.Model):
    """When a technician works on a day of the week; without a row the usual hours hold.

    Hours are the company's local time; without them the day is free.
    """

    technician = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="working_days"
    )
    weekday = models.PositiveSmallIntegerField()  # Monday is 0
    opens = models.TimeField(null=True, blank=True)
    closes = models.TimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="working_day_once", fields=["technician", "weekday"]),
            models.CheckConstraint(name="working_day_is_a_weekday", condition=Q(weekday__lte=6)),
            models.CheckConstraint(
                name="working_day_has_both_hours",
                condition=Q(opens__isnull=True, closes__isnull=True) | Q(closes__gt=F("opens")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.technician_id} {self.weekday}"
