from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PauseRequest(models.Model):
    """Days without the service a customer asks for in the portal; staff say yes or no.

    Yes is a `PlannedMove`, which does the rest. `is_billed` and `is_credited` are the money rule
    the customer was shown, `credit_amount` what would go back by the bills of that day. A trigger
    keeps the moves and writes the audit event of each (migration `pause_requests`).
    """

    class Status(models.TextChoices):
        REQUESTED = "REQUESTED", pgettext_lazy("request", "Pending")
        APPROVED = "APPROVED", _("Approved")
        REFUSED = "REFUSED", _("Rejected")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")

    subscription = models.ForeignKey(
        "customers.Subscription", on_delete=models.PROTECT, related_name="pause_requests"
    )
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    span = DateRangeField()  # company dates: first day without the service, first day back
    is_billed = models.BooleanField()
    is_credited = models.BooleanField()
    credit_amount = models.DecimalField(max_digits=14, decimal_places=2)  # with tax
    note = models.CharField(max_length=500, blank=True)  # what the customer said
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.REQUESTED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    requested_at = models.DateTimeField()
    decision_note = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    planned_move = models.OneToOneField(
        "billing.PlannedMove", null=True, on_delete=models.PROTECT, related_name="asked_for"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="pause_request_one_open_per_service",
                fields=["subscription"],
                condition=Q(status="REQUESTED"),
            ),
            models.CheckConstraint(
                name="pause_request_has_both_days",
                condition=Q(
                    span__isempty=False,
                    span__startswith__isnull=False,
                    span__endswith__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="pause_request_decided_is_dated",
                condition=Q(status="REQUESTED", decided_at__isnull=True)
                | (~Q(status="REQUESTED") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="pause_request_approved_is_planned",
                condition=Q(status="APPROVED", planned_move__isnull=False)
                | (~Q(status="APPROVED") & Q(planned_move__isnull=True)),
            ),
            models.CheckConstraint(
                name="pause_request_says_why_not",
                condition=~Q(status="REFUSED") | ~Q(decision_note=""),
            ),
            models.CheckConstraint(
                name="pause_request_billed_or_credited",
                condition=~Q(is_billed=True, is_credited=True) & Q(credit_amount__gte=0),
            ),
        ]
        indexes = [models.Index(name="pause_request_customer", fields=["customer", "-id"])]

    def __str__(self) -> str:
        return f"pause {self.pk}"

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still has to decide."""
        return self.status == self.Status.REQUESTED
