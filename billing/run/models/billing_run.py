from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class BillingRun(models.Model):
    """One run of the biller over everything due by its horizon; it can be cut off and resumed."""

    class Status(models.TextChoices):
        RUNNING = "RUNNING", _("Running")
        COMPLETED = "COMPLETED", _("Succeeded")
        PARTIAL = "PARTIAL", _("Partial")
        FAILED = "FAILED", _("Failed")

    business_date = models.DateField()
    horizon = models.DateField()  # periods that start on or before this day are billed
    bill_day = models.PositiveSmallIntegerField(null=True, blank=True)
    branch = models.ForeignKey(
        "accounts.Branch", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The customers it was narrowed to (ids, sorted); none: whoever the rest of the scope leaves.
    customer_ids = ArrayField(models.BigIntegerField(), null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    job_run = models.ForeignKey(
        "audit.JobRun", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    customers_total = models.PositiveIntegerField(default=0)
    customers_done = models.PositiveIntegerField(default=0)
    invoice_count = models.PositiveIntegerField(default=0)
    line_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)
    net_amount = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    tax_amount = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    total_amount = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    position = models.BigIntegerField(default=0)  # last customer id dealt with
    messages_sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(name="billing_run_latest", fields=["-started_at"])]

    def __str__(self) -> str:
        return f"run of {self.business_date}"
