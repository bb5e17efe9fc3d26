from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Approval(models.Model):
    """A correction of money that needs a second person, with all that is needed to do it.

    `payload` says what to do, `facts` is a fingerprint of what the requester decided on: when it
    has changed, the request is stale and is refused. What has been asked never changes; a request
    is decided once, never by the person who made it (check constraint and trigger).
    """

    class Kind(models.TextChoices):
        CREDIT = "CREDIT", _("Credit note")
        WRITE_OFF = "WRITE_OFF", _("Write-off")
        CHARGE = "CHARGE", _("One-off charge")
        REFUND = "REFUND", _("Refund")
        DEPOSIT_RETURN = "DEPOSIT_RETURN", _("Deposit paid back")
        DAYS = "DAYS", _("Prepaid days given")
        OFFER = "OFFER", _("Discount to keep a customer")

    class Status(models.TextChoices):
        PENDING = "PENDING", _("Waits for approval")
        APPROVED = "APPROVED", _("Approved")
        REJECTED = "REJECTED", _("Rejected")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")
        STALE = "STALE", _("Out of date")

    kind = models.CharField(max_length=16, choices=Kind.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    branch = models.ForeignKey(
        "accounts.Branch", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    invoice = models.ForeignKey(
        "billing.Invoice", null=True, on_delete=models.PROTECT, related_name="approvals"
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)  # with tax, company's currency
    payload = models.JSONField()
    facts = models.CharField(max_length=64)
    key = models.CharField(max_length=64)  # the same thing is asked for once at a time
    reason = models.TextField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)
    result = models.CharField(max_length=40, blank=True)  # the document it became: CN-2026-00012

    class Meta:
        constraints = [
            models.CheckConstraint(name="approval_amount_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="approval_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="approval_by_another_person",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
            ),
            models.CheckConstraint(
                name="approval_decided_by_somebody",
                condition=Q(status="PENDING", decided_at__isnull=True, decided_by__isnull=True)
                | Q(status="WITHDRAWN", decided_at__isnull=False, decided_by__isnull=True)
                | Q(
                    status__in=["APPROVED", "REJECTED", "STALE"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
            ),
            models.UniqueConstraint(
                name="approval_asked_once", fields=["key"], condition=Q(status="PENDING")
            ),
        ]
        indexes = [
            models.Index(
                name="approval_waiting", fields=["requested_at"], condition=Q(status="PENDING")
            ),
            models.Index(name="approval_customer", fields=["customer", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"

    @property
    def is_pending(self) -> bool:
        return self.status == self.Status.PENDING
