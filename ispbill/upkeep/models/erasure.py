from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Erasure(models.Model):
    """Somebody who left is to be forgotten: one asks, another agrees, done a week later."""

    customer = models.OneToOneField(
        "customers.Customer", on_delete=models.PROTECT, related_name="erasure"
    )
    reason = models.TextField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    due_at = models.DateTimeField()  # until then it may be taken back
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="erasure_by_two_people", condition=~Q(approved_by=F("requested_by"))
            )
        ]

    def __str__(self) -> str:
        return f"erasure of {self.customer_id}"
