from django.db import models
from django.db.models import F, Q


class UsagePoll(models.Model):
    """When a router's counters were last read, and what of it could not count."""

    router = models.OneToOneField(
        "network.Router", on_delete=models.CASCADE, related_name="usage_poll"
    )
    read_at = models.DateTimeField(null=True)
    uptime_seconds = models.BigIntegerField(default=0)
    lines = models.PositiveIntegerField(default=0)  # read with counters
    strangers = models.PositiveIntegerField(default=0)  # sessions of no line of ours
    late = models.PositiveBigIntegerField(default=0)  # readings dropped, since ever
    refused = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.router_id} {self.read_at}"


class UsageGap(models.Model):
    """More than a quarter of an hour in which a router's counters were not read."""

    router = models.ForeignKey("network.Router", on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="usage_gap_once", fields=["router", "since"]),
            models.CheckConstraint(name="usage_gap_has_length", condition=Q(until__gt=F("since"))),
        ]

    def __str__(self) -> str:
        return f"{self.router_id} {self.since}"


class UsageSlot(models.Model):
    """Bytes of all lines of a router in five minutes."""

    pk = models.CompositePrimaryKey("router_id", "starts_at")
    router = models.ForeignKey(
        "network.Router", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    starts_at = models.DateTimeField()
    upload_bytes = models.BigIntegerField()
    download_bytes = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.router_id} {self.starts_at}"
