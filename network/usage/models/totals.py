from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    """Who counted."""

    RADIUS = "RADIUS", "RADIUS"
    INTERSTELLIO = "INTERSTELLIO", "Interstellio"
    MIKROTIK = "MIKROTIK", "MikroTik"
    MANUAL = "MANUAL", _("Typed in")
    ESTIMATED = "ESTIMATED", _("Estimated")


# An hour counts from the first of these that has a row for it.
SOURCE_ORDER = (Source.RADIUS, Source.INTERSTELLIO, Source.MIKROTIK)


class UsageSample(models.Model):
    """What one poll added to one line. Kept in a table for each UTC day, dropped whole."""

    pk = models.CompositePrimaryKey("subscription_id", "read_at")
    subscription_id = models.BigIntegerField()
    router_id = models.BigIntegerField()
    read_at = models.DateTimeField()
    since = models.DateTimeField()
    upload_counter = models.BigIntegerField()
    download_counter = models.BigIntegerField()
    upload_bytes = models.BigIntegerField()
    download_bytes = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.read_at}"


class UsageHour(models.Model):
    """A service's bytes in an hour of the local clock, as one source counted them."""

    pk = models.CompositePrimaryKey("subscription_id", "hour_start", "source")
    subscription = models.ForeignKey(
        "customers.Subscription", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    hour_start = models.DateTimeField()
    source = models.CharField(max_length=12, choices=Source.choices)
    upload_bytes = models.BigIntegerField()
    download_bytes = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="usage_hour_is_not_negative",
                condition=Q(upload_bytes__gte=0) & Q(download_bytes__gte=0),
            )
        ]
        indexes = [models.Index(name="usage_hour_oldest", fields=["hour_start"])]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.hour_start}"


class UsageDay(models.Model):
    """A service's bytes on a local day: the sum of its hours, each from one source.

    `source` is the one most bytes came from; `is_pinned`: staff chose the source of this day.
    """

    subscription = models.ForeignKey(
        "customers.Subscription", on_delete=models.PROTECT, related_name="usage_days"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    date = models.DateField()
    upload_bytes = models.BigIntegerField()
    download_bytes = models.BigIntegerField()
    total_bytes = models.GeneratedField(
        expression=F("upload_bytes") + F("download_bytes"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    free_bytes = models.BigIntegerField(default=0, db_default=0)
    source = models.CharField(max_length=12, choices=Source.choices)
    is_mixed = models.BooleanField(default=False, db_default=False)
    is_pinned = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="usage_day_once", fields=["subscription", "date"]),
            models.CheckConstraint(
                name="usage_day_is_not_negative",
                condition=Q(upload_bytes__gte=0)
                & Q(download_bytes__gte=0)
                & Q(free_bytes__gte=0)
                & Q(free_bytes__lte=F("upload_bytes") + F("download_bytes")),
            ),
        ]
        indexes = [models.Index(name="usage_day_date", fields=["date"])]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.date}"
