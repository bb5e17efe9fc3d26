from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FupRule(models.Model):
    """A fair-use threshold of a package, and what happens to a line that reaches it.

    GB are 10^9 bytes; speeds are Mbit/s, set only where the line is slowed down.
    """

    class Window(models.TextChoices):
        DAY = "DAY", _("a day")
        CYCLE = "CYCLE", _("a billing cycle")

    class Counts(models.TextChoices):
        TOTAL = "TOTAL", _("Upload and download")
        DOWNLOAD = "DOWNLOAD", _("Download only")

    class Action(models.TextChoices):
        NOTIFY = "NOTIFY", _("Tell the customer")
        THROTTLE = "THROTTLE", _("Slow the line down")

    package = models.ForeignKey(
        "customers.Package", on_delete=models.PROTECT, related_name="fup_rules"
    )
    window = models.CharField(max_length=5, choices=Window.choices, default=Window.CYCLE)
    threshold_gb = models.PositiveIntegerField()
    counts = models.CharField(max_length=8, choices=Counts.choices, default=Counts.TOTAL)
    action = models.CharField(max_length=8, choices=Action.choices, default=Action.NOTIFY)
    download_mbps = models.PositiveIntegerField(null=True, blank=True)
    upload_mbps = models.PositiveIntegerField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="fup_rule_once",
                fields=["package", "window", "threshold_gb"],
                condition=Q(archived_at=None),
            ),
            models.CheckConstraint(
                name="fup_threshold_is_positive", condition=Q(threshold_gb__gt=0)
            ),
            models.CheckConstraint(
                name="fup_throttle_has_speeds",
                condition=Q(action="NOTIFY", download_mbps=None, upload_mbps=None)
                | Q(action="THROTTLE", download_mbps__gte=1, upload_mbps__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.package_id}: {self.threshold_gb} GB {self.window}"
