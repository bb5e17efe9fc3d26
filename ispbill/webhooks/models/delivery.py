import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Delivery(models.Model):
    """One message for one address, as it is sent each time: id and body never change.

    A sender holds it until `lease_until`; whoever comes after that takes it over, so it arrives at
    least once. Moments are the machine's own.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", _("Waiting")
        ARRIVED = "ARRIVED", _("Arrived")
        FAILED = "FAILED", _("Failed")

    endpoint = models.ForeignKey(
        "webhooks.Endpoint", on_delete=models.PROTECT, related_name="deliveries"
    )
    message = models.UUIDField(default=uuid.uuid4, editable=False)  # the same for every address
    event = models.CharField(max_length=30)
    body = models.TextField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="webhook_delivery_once", fields=["endpoint", "message"])
        ]
        indexes = [
            models.Index(
                name="webhook_delivery_waiting",
                fields=["next_try_at", "id"],
                condition=Q(state="WAITING"),
            ),
            models.Index(name="webhook_delivery_log", fields=["endpoint", "-id"]),
            models.Index(name="webhook_delivery_age", fields=["created_at"]),
        ]

    def __str__(self) -> str:
        return self.message_id

    @property
    def message_id(self) -> str:
        """Return the id the receiver sees and tells two deliveries of one thing by."""
        return f"msg_{self.message.hex}"


class Try(models.Model):
    """One try of a delivery and what was answered, shortened."""

    delivery = models.ForeignKey(
        "webhooks.Delivery", on_delete=models.CASCADE, related_name="attempts"
    )
    at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True)  # none: no answer
    answer = models.TextField(blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.status}"
