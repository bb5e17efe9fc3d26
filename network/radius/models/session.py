from django.db import models
from django.db.models import F, Q


class RadiusSession(models.Model):
    """A line's session as its router's accounting told of it; bytes are the customer's.

    `is_lost`: closed by us at its last update, because nothing more came.
    """

    line = models.ForeignKey(
        "network.Access", on_delete=models.CASCADE, related_name="radius_sessions"
    )
    router = models.ForeignKey("network.Router", on_delete=models.CASCADE, related_name="+")
    unique_id = models.CharField(max_length=64)
    session_id = models.CharField(max_length=128)
    address = models.CharField(max_length=45, blank=True)
    ipv6_prefix = models.CharField(max_length=60, blank=True)
    caller_id = models.CharField(max_length=60, blank=True)
    port = models.CharField(max_length=60, blank=True)
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    is_lost = models.BooleanField(default=False)
    cause = models.CharField(max_length=60, blank=True)
    seconds = models.BigIntegerField(default=0)
    upload_bytes = models.BigIntegerField(default=0)
    download_bytes = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="radius_session_once", fields=["router", "unique_id", "began_at"]
            ),
            models.CheckConstraint(
                name="radius_session_runs_forward", condition=Q(last_at__gte=F("began_at"))
            ),
        ]
        indexes = [
            models.Index(name="radius_session_latest", fields=["line", "-began_at"]),
            models.Index(
                name="radius_session_open",
                fields=["router", "last_at"],
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(name="radius_session_address", fields=["address", "began_at"]),
            models.Index(
                name="radius_session_prefix",
                fields=["ipv6_prefix", "began_at"],
                condition=~Q(ipv6_prefix=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}"
