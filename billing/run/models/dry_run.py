from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class DryRun(models.Model):
    """A day's bills, messages, late fees, cuts and commissions, worked out beforehand, approved
    by their hash.

    Executed exactly as approved or not at all: `DryRunPart` keeps what each customer would get,
    and the run compares what it has written with it before each chunk is committed.
    """

    class Status(models.TextChoices):
        PROPOSED = "PROPOSED", _("Proposed")
        APPROVED = "APPROVED", _("Approved")
        EXECUTED = "EXECUTED", _("Executed")
        REFUSED = "REFUSED", _("Refused")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")

    business_date = models.DateField()
    horizon = models.DateField()
    bill_day = models.PositiveSmallIntegerField(null=True, blank=True)
    branch = models.ForeignKey(
        "accounts.Branch", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PROPOSED)
    plan_hash = models.CharField(max_length=64)  # SHA-256 of the parts, in order
    figures = models.JSONField(default=dict)  # counts and sums, amounts as strings
    outcome = models.JSONField(default=dict)  # what execution did, or why it was refused
    run = models.OneToOneField(
        "billing.BillingRun", null=True, on_delete=models.PROTECT, related_name="dry_run"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    # The company's rule when it was proposed: the person who worked it out may not approve it.
    needs_second = models.BooleanField(default=False)
    begun_at = models.DateTimeField(null=True)  # compared with the data and found unchanged
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="dry_run_approved_by_somebody",
                condition=~Q(status__in=["APPROVED", "EXECUTED"])
                | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="dry_run_approved_by_another",
                condition=Q(needs_second=False)
                | Q(approved_by__isnull=True)
                | ~Q(approved_by=F("proposed_by")),
            ),
            models.UniqueConstraint(
                name="dry_run_one_approved_at_a_time",
                fields=["business_date"],
                condition=Q(status="APPROVED"),
            ),
        ]
        indexes = [models.Index(name="dry_run_latest", fields=["-proposed_at"])]

    def __str__(self) -> str:
        return f"dry run of {self.business_date}"

    def is_barred_to(self, user_id: int) -> bool:
        """Tell whether this person may not approve it, having worked it out."""
        return self.needs_second and self.proposed_by_id == user_id


class DryRunPart(models.Model):
    """What one customer would get: the digest of the lines, of the messages, of the late fees, of
    the services cut off, or of what the reseller would earn of the bill."""

    class Kind(models.TextChoices):
        BILL = "BILL", _("Bill")
        TELL = "TELL", _("Message")
        FEE = "FEE", _("Late fee")
        CUT = "CUT", _("Cut off")
        EARN = "EARN", _("Commission")

    dry_run = models.ForeignKey(
        DryRun, on_delete=models.CASCADE, related_name="parts", db_index=False
    )
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=4, choices=Kind.choices)
    digest = models.CharField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="dry_run_part_once", fields=["dry_run", "kind", "customer"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}"
