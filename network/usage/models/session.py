from django.db import models


class UsageCounter(models.Model):
    """A line's last reading: its session, and where the session's counters stood.

    `is_open`: the session was there at the router's last poll. `upload_bytes` and `download_bytes`
    are what we counted of it, through resets of the counters.
    """

    subscription = models.OneToOneField(
        "customers.Subscription", on_delete=models.CASCADE, related_name="usage_counter"
    )
    router = models.ForeignKey("network.Router", on_delete=models.CASCADE, related_name="+")
    session = models.CharField(max_length=80, blank=True)
    began_at = models.DateTimeField()
    read_at = models.DateTimeField()
    upload_counter = models.BigIntegerField()
    download_counter = models.BigIntegerField()
    upload_bytes = models.BigIntegerField(default=0, db_default=0)
    download_bytes = models.BigIntegerField(default=0, db_default=0)
    address = models.CharField(max_length=45, blank=True)
    caller_id = models.CharField(max_length=60, blank=True)
    is_open = models.BooleanField(default=True, db_default=True)
    # Bit/s between the last two readings.
    upload_rate = models.BigIntegerField(default=0, db_default=0)
    download_rate = models.BigIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.session}"


class LineSession(models.Model):
    """A session that is over: from its sign-on to when it was last seen."""

    subscription = models.ForeignKey(
        "customers.Subscription", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    router = models.ForeignKey("network.Router", on_delete=models.CASCADE, related_name="+")
    began_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    caller_id = models.CharField(max_length=60, blank=True)
    upload_bytes = models.BigIntegerField()
    download_bytes = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(name="line_session_latest", fields=["subscription", "-last_seen_at"]),
            models.Index(name="line_session_address", fields=["address", "began_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.began_at}"
