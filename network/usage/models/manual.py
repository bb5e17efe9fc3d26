from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from network.usage.rules import sizes


class UsageFile(models.Model):
    """Days of usage that somebody typed in a file: checked, taken in, perhaps undone."""

    class State(models.TextChoices):
        CHECKED = "CHECKED", _("Checked")
        TAKEN = "TAKEN", _("Taken in")
        UNDONE = "UNDONE", _("Undone")

    name = models.CharField(max_length=160)
    state = models.CharField(max_length=7, choices=State.choices, default=State.CHECKED)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class UsageFileRow(models.Model):
    """A row of such a file: whose day it is, or why it cannot count, and what became of it.

    `was_…`: what the day held before, to which an undo brings it back.
    """

    class Problem(models.TextChoices):
        SHORT = "SHORT", _("A cell is missing")
        DATE = "DATE", _("The date is not written as 2026-01-31")
        FUTURE = "FUTURE", _("The day is yet to come")
        NUMBER = "NUMBER", _("An amount is not a number")
        NEGATIVE = "NEGATIVE", _("An amount is below zero")
        TOO_MUCH = "TOO_MUCH", _("More than 10,000 GB on one day")
        DOUBLED = "DOUBLED", _("The same user and day stand further up")
        UNKNOWN = "UNKNOWN", _("No line has this user name")
        AMBIGUOUS = "AMBIGUOUS", _("Several lines have this user name")

    class Outcome(models.TextChoices):
        WRITTEN = "WRITTEN", _("Counts now")
        SAME = "SAME", _("Was so already")
        METERED = "METERED", _("Measured already: the meter counts")
        UNDONE = "UNDONE", _("Undone")
        CHANGED = "CHANGED", _("Changed since: left as it is")

    file = models.ForeignKey(UsageFile, on_delete=models.CASCADE, related_name="rows")
    row_no = models.PositiveIntegerField()
    username = models.CharField(max_length=120, blank=True)
    date = models.DateField(null=True)
    subscription = models.ForeignKey(
        "customers.Subscription", null=True, on_delete=models.PROTECT, related_name="+"
    )
    upload_bytes = models.BigIntegerField(default=0)
    download_bytes = models.BigIntegerField(default=0)
    problem = models.CharField(max_length=9, choices=Problem.choices, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    was_upload_bytes = models.BigIntegerField(null=True)
    was_download_bytes = models.BigIntegerField(null=True)
    was_source = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="usage_file_row_once", fields=["file", "row_no"]),
            models.CheckConstraint(
                name="usage_file_row_counts_or_says_why",
                condition=~Q(problem="") | Q(subscription__isnull=False, date__isnull=False),
            ),
            models.CheckConstraint(
                name="usage_file_row_is_not_negative",
                condition=Q(upload_bytes__gte=0) & Q(download_bytes__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.row_no}"

    @property
    def upload_gb(self) -> Decimal:
        return sizes.gigabytes(self.upload_bytes)

    @property
    def download_gb(self) -> Decimal:
        return sizes.gigabytes(self.download_bytes)
