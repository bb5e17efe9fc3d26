from django.db import models


class InterstellioLink(models.Model):
    """A service and the subscriber it is at Interstellio, found by the line's user name.

    `read_until`: every hour before it was read at least once; the last days are read again.
    """

    subscription = models.OneToOneField(
        "customers.Subscription", on_delete=models.CASCADE, related_name="interstellio"
    )
    remote_id = models.CharField(max_length=64, unique=True)
    username = models.CharField(max_length=120)
    read_until = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(name="interstellio_link_turn", fields=["tried_at"])]

    def __str__(self) -> str:
        return self.username


class InterstellioRun(models.Model):
    """One reading of everybody: when, how far it came, and why it stopped."""

    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    services = models.PositiveIntegerField(default=0)
    hours = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    unknown = models.JSONField(default=list)  # user names there that no line of ours has
    unknown_count = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(name="interstellio_run_latest", fields=["-began_at"])]

    def __str__(self) -> str:
        return f"{self.began_at}"
