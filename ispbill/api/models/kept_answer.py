from django.conf import settings
from django.db import models


class KeptAnswer(models.Model):
    """The answer to a write that was done under an Idempotency-Key, kept for a day.

    Written in the write's own transaction: either both stand, or neither.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    method = models.CharField(max_length=6)
    path = models.CharField(max_length=300)
    key = models.CharField(max_length=255)
    body_digest = models.CharField(max_length=64)  # SHA-256 of the canonical JSON
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="kept_answer_once", fields=["owner", "method", "path", "key"]
            )
        ]
        indexes = [models.Index(name="kept_answer_age", fields=["created_at"])]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
