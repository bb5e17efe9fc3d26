from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PackageChange(models.Model):
    """A quote for another package, and what becomes of it.

    `quote` is frozen: everything the amounts rest on and the arithmetic of each day
    (`billing.changes.queries.quotes`); `fingerprint` is its hash. As long as the quote holds, what
    it says is what is charged; when anything under it has moved, the change turns STALE with a new
    quote and somebody has to say yes again. A trigger keeps the moves and writes the audit event of
    each (migration `package_changes`).
    """

    class Status(models.TextChoices):
        QUOTED = "QUOTED", _("Quoted")
        REQUESTED = "REQUESTED", pgettext_lazy("request", "Pending")
        APPROVED = "APPROVED", _("Approved")
        REJECTED = "REJECTED", _("Rejected")
        APPLIED = "APPLIED", _("Applied")
        CANCELLED = "CANCELLED", _("Withdrawn")
        STALE = "STALE", _("To be confirmed again")

    class Effective(models.TextChoices):
        NOW = "NOW", _("At once")
        PERIOD_END = "PERIOD_END", _("From the next bill on")

    class Origin(models.TextChoices):
        PORTAL = "PORTAL", _("Customer")
        STAFF = "STAFF", _("Staff")
        RESELLER = "RESELLER", _("Reseller")

    OPEN = (Status.REQUESTED, Status.APPROVED, Status.STALE)

    subscription = models.ForeignKey(
        "customers.Subscription", on_delete=models.PROTECT, related_name="package_changes"
    )
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="package_changes"
    )
    package_from = models.ForeignKey(
        "customers.Package", on_delete=models.PROTECT, related_name="+"
    )
    package_to = models.ForeignKey("customers.Package", on_delete=models.PROTECT, related_name="+")
    effective = models.CharField(max_length=10, choices=Effective.choices)
    effective_on = models.DateField()  # the first day of the new package
    price_amount = models.DecimalField(max_digits=14, decimal_places=2)  # new net price, per cycle
    gross_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)  # when agreed so
    total_amount = models.DecimalField(max_digits=14, decimal_places=2)  # now, with tax; < 0 = back
    quote = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    quoted_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.REQUESTED)
    origin = models.CharField(max_length=8, choices=Origin.choices)
    note = models.CharField(max_length=500, blank=True)  # what the asker said
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    requested_at = models.DateTimeField()
    decision_note = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    invoice = models.ForeignKey(
        "billing.Invoice", null=True, on_delete=models.PROTECT, related_name="+"
    )
    credit_notes = ArrayField(models.CharField(max_length=20), default=list)  # their numbers
    batch = models.ForeignKey(
        "billing.PackageChangeBatch", null=True, on_delete=models.PROTECT, related_name="changes"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="package_change_one_open_per_service",
                fields=["subscription"],
                condition=Q(status__in=["REQUESTED", "APPROVED", "STALE"]),
            ),
            models.CheckConstraint(
                name="package_change_decided_is_dated",
                condition=~Q(status__in=["APPROVED", "REJECTED", "APPLIED"])
                | Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="package_change_applied_is_dated",
                condition=Q(status="APPLIED", applied_at__isnull=False)
                | (~Q(status="APPLIED") & Q(applied_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="package_change_price_is_not_negative", condition=Q(price_amount__gte=0)
            ),
        ]
        indexes = [
            models.Index(name="package_change_latest", fields=["-requested_at", "-id"]),
            models.Index(name="package_change_customer", fields=["customer", "-id"]),
            models.Index(
                name="package_change_waiting",
                fields=["status", "effective_on"],
                condition=Q(status__in=["REQUESTED", "APPROVED", "STALE"]),
            ),
        ]

    def __str__(self) -> str:
        return f"change {self.pk}"

    @property
    def is_open(self) -> bool:
        """Tell whether somebody or some day is still waited for."""
        return self.status in self.OPEN

    @property
    def awaits_decision(self) -> bool:
        """Tell whether it can be approved or rejected."""
        return self.status in (self.Status.QUOTED, self.Status.REQUESTED, self.Status.STALE)

    @property
    def batch_leaves_out(self) -> bool:
        """Tell whether a mass change has left this service as it was; the note says why."""
        return self.batch_id is not None and self.status == self.Status.CANCELLED

    @property
    def is_stale(self) -> bool:
        return self.status == self.Status.STALE


class PackageChangeBatch(models.Model):
    """Many services changed to one package by one decision: filter, preview, job, result.

    Its changes are written, quoted, when it is confirmed; the job approves them one by one.
    """

    key = models.CharField(max_length=32)  # of the form: sent twice is ordered once
    package_from = models.ForeignKey(
        "customers.Package", on_delete=models.PROTECT, related_name="+"
    )
    package_to = models.ForeignKey("customers.Package", on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(
        "accounts.Branch", null=True, on_delete=models.PROTECT, related_name="+"
    )
    area = models.ForeignKey(
        "customers.Area", null=True, on_delete=models.PROTECT, related_name="+"
    )
    effective = models.CharField(max_length=10, choices=PackageChange.Effective.choices)
    on = models.DateField()  # the company date it was ordered on
    fingerprint = models.CharField(max_length=64)  # of the preview that was confirmed
    reason = models.TextField()
    total = models.PositiveIntegerField()
    finished_at = models.DateTimeField(null=True)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    ordered_at = models.DateTimeField()
    job_run = models.ForeignKey(
        "audit.JobRun", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(name="package_change_batch_once", fields=["key"])]

    def __str__(self) -> str:
        return f"batch {self.pk}"
