import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Endpoint(models.Model):
    """An address of a program of the office's own that is told what happens.

    Secrets are sealed with context `webhooks.endpoint:<key>:secret`. While it is off nothing new
    is kept for it; while it is paused things are kept and wait. Moments are the machine's own.
    """

    key = models.UUIDField(default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=30))
    includes_personal = models.BooleanField(default=False)
    sealed_secret = models.TextField()
    sealed_old_secret = models.TextField(blank=True)  # signs beside the new one until …
    old_secret_until = models.DateTimeField(null=True)
    is_paused = models.BooleanField(default=False)
    failing_since = models.DateTimeField(null=True)  # first failure since the last success
    off_at = models.DateTimeField(null=True)
    off_reason = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="webhook_endpoint_key_once", fields=["key"]),
            models.CheckConstraint(
                name="webhook_endpoint_is_told_something", condition=~Q(events=[])
            ),
            models.CheckConstraint(
                name="webhook_endpoint_off_says_why",
                condition=Q(off_at=None, off_reason="")
                | (Q(off_at__isnull=False) & ~Q(off_reason="")),
            ),
            models.CheckConstraint(
                name="webhook_endpoint_old_secret_ends",
                condition=Q(sealed_old_secret="", old_secret_until=None)
                | (~Q(sealed_old_secret="") & Q(old_secret_until__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def context(self) -> str:
        """Return what its secrets are sealed for."""
        return f"webhooks.endpoint:{self.key}:secret"
