from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SpeedTest(models.Model):
    """One test of a line's speed from a customer's browser: begun, and what it found.

    Speeds are Mbit/s, ping and jitter milliseconds; `sold_*` is the speed in force when it began.
    The browser says the numbers: they are a fact to look into, never a reason to pay.
    """

    class Place(models.TextChoices):
        OWN = "OWN", _("From this line")
        FOREIGN = "FOREIGN", _("Not from this line")
        UNKNOWN = "UNKNOWN", _("Not known from where")

    class Medium(models.TextChoices):
        CABLE = "CABLE", _("Cable")
        WIFI = "WIFI", _("Wi-Fi")

    class Verdict(models.TextChoices):
        GOOD = "GOOD", pgettext_lazy("speed", "Good")
        WEAK = "WEAK", pgettext_lazy("speed", "Weak")
        POOR = "POOR", pgettext_lazy("speed", "Poor")

    subscription = models.ForeignKey(
        "customers.Subscription", on_delete=models.PROTECT, related_name="speed_tests"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    address = models.GenericIPAddressField(null=True)
    place = models.CharField(max_length=7, choices=Place.choices)
    medium = models.CharField(max_length=5, choices=Medium.choices, blank=True)
    sold_download_mbps = models.PositiveIntegerField()
    sold_upload_mbps = models.PositiveIntegerField()
    download_mbps = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    upload_mbps = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    ping_ms = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    jitter_ms = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    percent = models.PositiveIntegerField(null=True)  # of the speed in force, the worse direction
    verdict = models.CharField(max_length=4, choices=Verdict.choices, blank=True)
    used_bytes = models.BigIntegerField(default=0)
    user_agent = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="speed_test_is_whole_or_not_there",
                condition=Q(
                    finished_at=None,
                    download_mbps=None,
                    upload_mbps=None,
                    ping_ms=None,
                    jitter_ms=None,
                    percent=None,
                    verdict="",
                )
                | Q(
                    finished_at__gte=F("started_at"),
                    download_mbps__range=(0, 10_000),
                    upload_mbps__range=(0, 10_000),
                    ping_ms__range=(0, 5_000),
                    jitter_ms__range=(0, 5_000),
                    percent__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="speed_test_judges_the_own_line_only", condition=Q(verdict="") | Q(place="OWN")
            ),
        ]
        indexes = [
            models.Index(name="speed_test_of_service", fields=["subscription", "-started_at"]),
            models.Index(name="speed_test_latest", fields=["-started_at"]),
            models.Index(name="speed_test_low", fields=["-id"], condition=Q(verdict="POOR")),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.started_at}"

    @property
    def is_done(self) -> bool:
        return self.finished_at is not None
