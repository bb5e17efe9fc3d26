"""What is sold beside the line itself, and how each thing is taxed. All prices are dated or frozen
on the service that bought them; archiving a row never touches a bill."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class TaxClass(models.Model):
    """A kind of supply that is taxed alike: internet, equipment, exempt …"""

    code = models.CharField(max_length=24)
    name = models.CharField(max_length=60)  # as on the bill: VAT 5 %
    local_name = models.CharField(max_length=60, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "tax classes"
        constraints = [models.UniqueConstraint(name="tax_class_code_once", fields=["code"])]

    def __str__(self) -> str:
        return self.name


class TaxRate(models.Model):
    """The rate of a class from a date on (a fraction: 0.15 is 15 %), until a later row takes over.

    The rate in force on the day a bill is issued is the rate of its lines.
    """

    tax_class = models.ForeignKey(TaxClass, on_delete=models.PROTECT, related_name="rates")
    effective_from = models.DateField()
    rate = models.DecimalField(max_digits=6, decimal_places=5)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="tax_rate_once_a_day", fields=["tax_class", "effective_from"]
            ),
            models.CheckConstraint(
                name="tax_rate_is_a_fraction", condition=Q(rate__gte=0) & Q(rate__lt=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rate} from {self.effective_from}"


class Fee(models.Model):
    """A charge made once: installation, router, reconnection, moving house."""

    code = models.CharField(max_length=24)
    name = models.CharField(max_length=80)
    local_name = models.CharField(max_length=80, blank=True)
    net_amount = models.DecimalField(max_digits=14, decimal_places=2)
    tax_class = models.ForeignKey(
        TaxClass, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # none = the company's own rate
    account_code = models.PositiveSmallIntegerField(default=4100)  # billing.ledger.rules.chart
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="fee_code_once", fields=["code"]),
            models.CheckConstraint(name="fee_is_not_negative", condition=Q(net_amount__gte=0)),
        ]

    def __str__(self) -> str:
        return self.name


class Addon(models.Model):
    """Something billed every period with a service: a fixed address, streaming, television."""

    class Kind(models.TextChoices):
        STATIC_IP = "STATIC_IP", _("Fixed address")
        OTT = "OTT", _("Streaming")
        IPTV = "IPTV", _("Television")
        OTHER = "OTHER", _("Other")

    code = models.CharField(max_length=24)
    name = models.CharField(max_length=80)
    local_name = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.OTHER)
    price_amount = models.DecimalField(max_digits=14, decimal_places=2)  # net, per month, each
    tax_class = models.ForeignKey(
        TaxClass, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_public = models.BooleanField(default=True)
    description = models.TextField(blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="addon_code_once", fields=["code"]),
            models.CheckConstraint(
                name="addon_price_is_not_negative", condition=Q(price_amount__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SubscriptionAddon(models.Model):
    """An add-on of one service from a day on, at the price it was sold for.

    Billed with the service's own periods for the days of `[starts_on, ends_on)` in them.
    """

    subscription = models.ForeignKey(
        "customers.Subscription", on_delete=models.PROTECT, related_name="addons"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    addon = models.ForeignKey(Addon, on_delete=models.PROTECT, related_name="uses")
    quantity = models.PositiveSmallIntegerField(default=1)
    price_amount = models.DecimalField(max_digits=14, decimal_places=2)  # net, per month, each
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)  # the first day without it
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="subscription_addon_price_is_not_negative",
                condition=Q(price_amount__gte=0) & Q(quantity__gte=1),
            ),
            models.CheckConstraint(
                name="subscription_addon_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.addon_id} of {self.subscription_id}"
