from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SwapRequest(models.Model):
    """A technician asks that somebody else takes a job over; a dispatcher decides.

    It concerns nobody any more once the job is another's or under way.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", _("Asked for")
        GRANTED = "GRANTED", _("Given to somebody else")
        REFUSED = "REFUSED", _("Refused")

    order = models.ForeignKey(
        "fieldservice.WorkOrder", on_delete=models.PROTECT, related_name="swap_requests"
    )
    technician = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField()
    asked_at = models.DateTimeField()  # the moment at the technician's
    state = models.CharField(max_length=7, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="swap_request_one_open",
                fields=["order", "technician"],
                condition=Q(state="OPEN"),
            ),
            models.CheckConstraint(
                name="swap_request_decided_says_why",
                condition=Q(state="OPEN", decided_at__isnull=True)
                | (~Q(state="OPEN") & Q(decided_at__isnull=False) & ~Q(decision="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} of {self.technician_id}"
