from django.db import models


class Attempts(models.Model):
    """How often something was tried since a window began, counted here while Redis is away."""

    key = models.CharField(max_length=64, primary_key=True)  # keyed hash of what is counted
    tries = models.PositiveIntegerField()
    ends_at = models.DateTimeField()  # a real moment, not the business clock's

    class Meta:
        indexes = [models.Index(name="attempts_end", fields=["ends_at"])]

    def __str__(self) -> str:
        return f"{self.tries} until {self.ends_at:%H:%M}"
