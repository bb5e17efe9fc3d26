import uuid

from django.db import models


class Occurrence(models.Model):
    """Something that happened, noted by a trigger in the transaction it happened in.

    Its id is the sequence a receiver sees: of one object it only rises, since changes of one row
    wait for each other. `object_id` is the row of the thing the event names.
    """

    key = models.UUIDField(default=uuid.uuid4, editable=False)
    event = models.CharField(max_length=30)
    object_id = models.BigIntegerField()
    at = models.DateTimeField()
    spread_at = models.DateTimeField(null=True)  # made into deliveries; the machine's own moment

    class Meta:
        constraints = [models.UniqueConstraint(name="webhook_occurrence_key_once", fields=["key"])]
        indexes = [
            models.Index(
                name="webhook_occurrence_new",
                fields=["id"],
                condition=models.Q(spread_at__isnull=True),
            ),
            models.Index(name="webhook_occurrence_of", fields=["event", "object_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.object_id}"
