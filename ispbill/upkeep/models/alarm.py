from django.conf import settings
from django.db import models
from django.db.models import Q


class Alarm(models.Model):
    """A condition that is not well, from the first look to the all-clear.

    All moments are the machine's own (UTC): a demo's moved clock rings no bells.
    """

    condition = models.CharField(max_length=60)  # its name in `queries.conditions`
    is_critical = models.BooleanField()
    seen_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)  # none: seen once, not confirmed yet
    told_at = models.DateTimeField(null=True)
    well_since = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    times = models.PositiveIntegerField(default=1)  # opened again within half an hour
    silent_until = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="alarm_open_once_a_condition",
                fields=["condition"],
                condition=Q(closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="alarm_closed_after_opened",
                condition=Q(closed_at__isnull=True) | Q(opened_at__lte=models.F("closed_at")),
            ),
        ]
        indexes = [models.Index(name="alarm_of_condition", fields=["condition", "-id"])]

    def __str__(self) -> str:
        return f"alarm: {self.condition}"

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.closed_at is None
