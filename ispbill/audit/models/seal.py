from django.db import models


class AuditSeal(models.Model):
    """A link of the chain that makes a later change of the audit trail visible.

    `digest` is SHA-256 over the previous seal's digest and the sealed events in order of id, so
    that altering, removing or slipping in an event breaks this link and every one after it.
    """

    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    event_count = models.PositiveIntegerField()
    previous = models.CharField(max_length=64, blank=True)  # digest of the seal before; '' = first
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="audit_seal_follows_once", fields=["previous"]),
            models.CheckConstraint(
                name="audit_seal_covers_events",
                condition=models.Q(last_id__gte=models.F("first_id")) & models.Q(event_count__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"events {self.first_id} to {self.last_id}"
