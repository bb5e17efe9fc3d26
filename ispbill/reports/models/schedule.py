from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ReportSchedule(models.Model):
    """A report that somebody gets again and again, of each week or month that is over."""

    class Every(models.TextChoices):
        WEEK = "WEEK", _("Every week, on Monday")
        MONTH = "MONTH", _("Every month, on the 1st")

    report = models.CharField(max_length=20)  # `queries.library.KINDS`
    every = models.CharField(max_length=5, choices=Every.choices, default=Every.MONTH)
    # NULL: all that the person who gets it may see.
    branch = models.ForeignKey(
        "accounts.Branch", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    begins_on = models.DateField()  # periods that end before are not sent
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                name="report_schedule_runs", fields=["id"], condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.every}"


class SentReport(models.Model):
    """A paper that was sent, once a person and period: it stays as it was whatever is booked.

    Made with the rights the person held then; only that person opens it.
    """

    schedule = models.ForeignKey(ReportSchedule, on_delete=models.PROTECT, related_name="sent")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField()  # the last day in it
    branch = models.ForeignKey(
        "accounts.Branch", null=True, on_delete=models.PROTECT, related_name="+"
    )
    content = models.BinaryField()  # a workbook
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="sent_report_once", fields=["schedule", "person", "since"])
        ]
        indexes = [models.Index(name="sent_report_age", fields=["sent_at"])]

    def __str__(self) -> str:
        return f"{self.schedule_id} {self.since}"
