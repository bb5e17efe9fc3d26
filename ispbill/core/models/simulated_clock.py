from django.db import models


class SimulatedClock(models.Model):
    """How far the business clock runs ahead of the system's (only while simulators are on)."""

    offset_seconds = models.FloatField(default=0)

    def __str__(self) -> str:
        return f"{self.offset_seconds} s"
