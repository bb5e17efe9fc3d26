from django.db import models


class ErasedEvent(models.Model):
    """An audit event whose personal parts were taken out, with the hash its seal was made of."""

    event_id = models.BigIntegerField(primary_key=True)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"event {self.event_id}"
