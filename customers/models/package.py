from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Cycle(models.TextChoices):
    MONTHLY = "MONTHLY", _("Monthly")
    QUARTERLY = "QUARTERLY", _("Quarterly")
    ANNUAL = "ANNUAL", _("Annual")


class OttApp(models.Model):
    """A streaming service that comes with a package."""

    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(name="ott_app_name_once", fields=["name"])]

    def __str__(self) -> str:
        return self.name


class Package(models.Model):
    """What is sold: technology, speed, cap, extras. Its prices are dated rows beside it."""

    class Technology(models.TextChoices):
        FIBER = "FIBER", _("Fiber")
        BROADBAND = "BROADBAND", _("Broadband")
        WIRELESS = "WIRELESS", _("Wireless")

    code = models.CharField(max_length=24)
    name = models.CharField(max_length=80)
    local_name = models.CharField(max_length=80, blank=True)
    technology = models.CharField(max_length=10, choices=Technology.choices)
    download_mbps = models.PositiveIntegerField()
    upload_mbps = models.PositiveIntegerField()
    data_cap_gb = models.PositiveIntegerField(null=True, blank=True)  # none = unlimited
    installation_fee = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    router_fee = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    ott_apps = models.ManyToManyField(OttApp, blank=True, related_name="packages")
    live_channels = models.PositiveSmallIntegerField(default=0)
    tax_class = models.ForeignKey(
        "customers.TaxClass", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # none = the company's own rate
    sla_class = models.CharField(max_length=20, blank=True)
    router_profile = models.CharField(max_length=60, blank=True)  # blank = made from the speed
    # For so long a quiet line may go faster than sold, and how fast; 0: as its router does it.
    burst_percent = models.PositiveSmallIntegerField(default=0, db_default=0)
    burst_seconds = models.PositiveSmallIntegerField(default=10, db_default=10)
    is_public = models.BooleanField(default=True)
    description = models.TextField(blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="package_code_once", fields=["code"]),
            models.CheckConstraint(
                name="package_speeds_are_positive",
                condition=Q(download_mbps__gt=0) & Q(upload_mbps__gt=0),
            ),
            models.CheckConstraint(
                name="package_fees_are_not_negative",
                condition=Q(installation_fee__gte=0) & Q(router_fee__gte=0),
            ),
            models.CheckConstraint(
                name="package_burst_is_faster_than_sold",
                condition=Q(burst_percent=0)
                | Q(burst_percent__range=(101, 400), burst_seconds__range=(1, 600)),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PackagePrice(models.Model):
    """A package's net price for one cycle from a date on, until a later row takes over.

    Net and gross are both stored and the database checks that they agree with the tax rate they
    were made with, so that nobody has to guess whether a price includes tax.
    """

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="prices")
    cycle = models.CharField(max_length=10, choices=Cycle.choices)
    # The price list it belongs to: a reseller's, a branch's, or (neither) everybody's.
    branch = models.ForeignKey(
        "accounts.Branch", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reseller = models.ForeignKey(
        "resellers.Reseller", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    effective_from = models.DateField()
    includes_tax = models.BooleanField(default=False)  # the gross was agreed, the net follows
    net_amount = models.DecimalField(max_digits=14, decimal_places=2)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=5)
    gross_amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="package_price_once_a_day",
                fields=["package", "cycle", "branch", "reseller", "effective_from"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="package_price_is_of_one_list",
                condition=Q(branch__isnull=True) | Q(reseller__isnull=True),
            ),
            models.CheckConstraint(
                name="package_price_is_not_negative", condition=Q(net_amount__gte=0)
            ),
            models.CheckConstraint(
                name="package_price_net_and_gross_agree",
                condition=Q(
                    gross_amount__gte=models.F("net_amount") * (1 + models.F("tax_rate"))
                    - Decimal("0.01")
                )
                & Q(
                    gross_amount__lte=models.F("net_amount") * (1 + models.F("tax_rate"))
                    + Decimal("0.01")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.package_id} {self.cycle} {self.net_amount} from {self.effective_from}"
