from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FieldAction(models.Model):
    """One act of a technician as their phone sent it; its id was made at the tap, so it is once.

    What cannot be applied is kept whole: both versions can be seen, and nothing is lost.
    """

    class Outcome(models.TextChoices):
        APPLIED = "APPLIED", _("Applied")
        WAITING = "WAITING", _("Waits for an earlier one")
        CONFLICT = "CONFLICT", _("Differs from the office")
        REFUSED = "REFUSED", _("Refused")
        TAKEN = "TAKEN", _("Taken over by the office")
        DROPPED = "DROPPED", _("Left aside by the office")

    action_id = models.UUIDField()  # made by the phone
    order = models.ForeignKey(
        "fieldservice.WorkOrder", on_delete=models.PROTECT, related_name="actions"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    technician = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    device = models.ForeignKey(
        "fieldservice.FieldDevice", null=True, on_delete=models.PROTECT, related_name="actions"
    )
    kind = models.CharField(max_length=12)
    after = models.UUIDField(null=True, blank=True)  # the one before it, of this order here
    base_version = models.PositiveIntegerField()
    payload = models.JSONField(default=dict)
    file_path = models.CharField(max_length=120, blank=True)  # a photo that waits or conflicts
    digest = models.CharField(max_length=64)  # SHA-256 of all that was sent
    client_at = models.DateTimeField()  # as the phone's clock said
    moment = models.DateTimeField()  # corrected by the server
    received_at = models.DateTimeField()
    has_clock_skew = models.BooleanField(default=False)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    answer = models.JSONField(default=dict)  # why, and the state the office had then
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="field_action_once", fields=["action_id"]),
            models.CheckConstraint(
                name="field_action_decided_says_why",
                condition=Q(decided_at__isnull=True) | ~Q(decision=""),
            ),
        ]
        indexes = [
            models.Index(name="field_action_of_order", fields=["order", "received_at"]),
            models.Index(
                name="field_action_open",
                fields=["received_at"],
                condition=Q(outcome__in=["WAITING", "CONFLICT"]),
            ),
            models.Index(
                name="field_action_waits_for", fields=["after"], condition=Q(outcome="WAITING")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.action_id}"
