from django.conf import settings
from django.db import models
from django.db.models import F, Q


class UptimeMonth(models.Model):
    """How long a router, an area's lines or all lines were up in a month of the company.

    Seconds of a router; of an area and of the network (neither named) the sum over its lines.
    `closed_at` on the third of the next month; what changes later is another `revision` with its
    reason. `target` is the percentage that held then.
    """

    month = models.DateField()  # its first day
    router = models.ForeignKey(
        "network.Router", null=True, on_delete=models.CASCADE, related_name="+"
    )
    area = models.ForeignKey(
        "customers.Area", null=True, on_delete=models.PROTECT, related_name="+"
    )
    revision = models.PositiveSmallIntegerField(default=0)
    total_seconds = models.BigIntegerField()
    down_seconds = models.BigIntegerField()
    target = models.DecimalField(max_digits=6, decimal_places=3)
    is_breach = models.BooleanField()
    closed_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    seen_at = models.DateTimeField(null=True)  # somebody has looked into the breach
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="uptime_month_once",
                fields=["month", "router", "area", "revision"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="uptime_is_of_one_thing",
                condition=Q(router__isnull=True) | Q(area__isnull=True),
            ),
            models.CheckConstraint(
                name="uptime_down_within_total",
                condition=Q(down_seconds__gte=0, total_seconds__gte=F("down_seconds")),
            ),
            models.CheckConstraint(
                name="uptime_revision_has_reason", condition=Q(revision=0) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: router {self.router_id}, area {self.area_id}"
