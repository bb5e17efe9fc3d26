from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class AuditEvent(models.Model):
    """Who did what to what, when and why; append-only (a trigger refuses change and removal).

    It holds no foreign keys: history neither blocks live data nor disappears with it.
    """

    at = models.DateTimeField()  # business moment
    recorded_at = models.DateTimeField(db_default=Now())
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120)  # as text: names change, history does not
    acting_as = models.CharField(max_length=120, blank=True)
    action = models.CharField(max_length=60)  # dotted: subscription.suspended
    target_type = models.CharField(max_length=40)
    target_id = models.CharField(max_length=40)
    target_label = models.CharField(max_length=160)
    customer_id = models.BigIntegerField(null=True)
    branch_id = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    ip = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [
            models.Index(name="audit_event_at", fields=["-at", "-id"]),
            models.Index(name="audit_event_target", fields=["target_type", "target_id", "-id"]),
            models.Index(name="audit_event_customer", fields=["customer_id", "-id"]),
            models.Index(name="audit_event_action", fields=["action", "-id"]),
            models.Index(
                name="audit_event_request", fields=["request_id"], condition=~Q(request_id="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_label}"
