"""Prices that differ from the list: promotions, what was granted of them, and steps of a price."""

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Cycle

_ONE_VALUE = Q(rate__isnull=False, amount__isnull=True, rate__gt=0, rate__lte=1) | Q(
    rate__isnull=True, amount__isnull=False, amount__gt=0
)


class Promotion(models.Model):
    """An offer that gives discounts: by code or by staff, for some periods or until a date."""

    # NULL, not blank: offers without a code are many, and codes are unique.
    code = models.CharField(max_length=24, null=True, blank=True)  # noqa: DJ001
    name = models.CharField(max_length=80)  # as on the bill
    local_name = models.CharField(max_length=80, blank=True)
    rate = models.DecimalField(max_digits=6, decimal_places=5, null=True, blank=True)  # fraction
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)  # a month
    cycles = models.PositiveSmallIntegerField(null=True, blank=True)  # none = until revoked
    is_stackable = models.BooleanField(default=False)
    valid_from = models.DateField()  # may be granted from
    valid_until = models.DateField(null=True, blank=True)  # … to, this day included
    ends_on = models.DateField(null=True, blank=True)  # no day from here on is discounted
    max_grants = models.PositiveIntegerField(null=True, blank=True)
    is_for_new_only = models.BooleanField(default=False)
    packages = models.ManyToManyField("customers.Package", blank=True, related_name="promotions")
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="promotion_code_once", fields=["code"]),
            models.CheckConstraint(name="promotion_has_one_value", condition=_ONE_VALUE),
        ]

    def __str__(self) -> str:
        return self.name


class Discount(models.Model):
    """A reduction of one service's price on the days of `span`.

    A bill's piece is reduced when its first day lies in the span. How several work together, see
    `billing.invoices.rules.charging`.
    """

    subscription = models.ForeignKey(
        "customers.Subscription", on_delete=models.PROTECT, related_name="discounts"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    promotion = models.ForeignKey(
        Promotion, null=True, on_delete=models.PROTECT, related_name="grants"
    )
    label = models.CharField(max_length=80)
    rate = models.DecimalField(max_digits=6, decimal_places=5, null=True)  # a fraction
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)  # per month
    is_stackable = models.BooleanField(default=False)
    span = DateRangeField()  # half-open; open-ended until revoked
    reason = models.TextField()
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="discount_has_one_value", condition=_ONE_VALUE),
            models.CheckConstraint(
                name="discount_begins", condition=Q(span__startswith__isnull=False)
            ),
            models.UniqueConstraint(
                name="discount_promotion_once_a_service",
                fields=["subscription", "promotion"],
                condition=Q(promotion__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class PriceChange(models.Model):
    """A decision to change a package's price from a date, for new services or for all."""

    class Scope(models.TextChoices):
        NEW = "NEW", _("New services only")
        ALL = "ALL", _("New and existing services")

    class Status(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        CONFIRMED = "CONFIRMED", _("Confirmed")
        CANCELLED = "CANCELLED", _("Cancelled")

    package = models.ForeignKey("customers.Package", on_delete=models.PROTECT, related_name="+")
    cycle = models.CharField(max_length=10, choices=Cycle.choices)
    branch = models.ForeignKey(
        "accounts.Branch", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reseller = models.ForeignKey(
        "resellers.Reseller", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    effective_from = models.DateField()
    net_amount = models.DecimalField(max_digits=14, decimal_places=2)
    gross_amount = models.DecimalField(max_digits=14, decimal_places=2)
    includes_tax = models.BooleanField(default=False)
    scope = models.CharField(max_length=3, choices=Scope.choices)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.DRAFT)
    reason = models.TextField()
    is_noticed = models.BooleanField(default=True)  # customers are told before it takes effect
    service_count = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="price_change_amounts_are_prices",
                condition=Q(net_amount__gte=0, gross_amount__gte=F("net_amount")),
            ),
            models.CheckConstraint(
                name="price_change_is_of_one_list",
                condition=Q(branch__isnull=True) | Q(reseller__isnull=True),
            ),
            models.CheckConstraint(
                name="price_change_is_confirmed_at_a_moment",
                condition=~Q(status="CONFIRMED") | Q(confirmed_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="price_change_confirmed_once",
                fields=["package", "cycle", "branch", "reseller", "effective_from"],
                condition=Q(status="CONFIRMED"),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.package_id} {self.cycle} {self.net_amount} from {self.effective_from}"


class PriceStep(models.Model):
    """A service's price for every period that starts on or after `from_on`.

    Taken over into the service's own price when the first such period is billed. What was billed
    already when the step was planned, to `billed_until`, keeps the price it was billed at.
    """

    subscription = models.ForeignKey(
        "customers.Subscription", on_delete=models.PROTECT, related_name="price_steps"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    change = models.ForeignKey(
        PriceChange, null=True, on_delete=models.PROTECT, related_name="steps"
    )
    from_on = models.DateField()
    price_amount = models.DecimalField(max_digits=14, decimal_places=2)  # net, per cycle
    gross_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    billed_until = models.DateField(null=True)  # by then; nothing was, where it is null
    applied_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="price_step_once_a_day", fields=["subscription", "from_on"]
            ),
            models.CheckConstraint(
                name="price_step_is_not_negative",
                condition=Q(price_amount__gte=0)
                & (Q(gross_amount__isnull=True) | Q(gross_amount__gte=F("price_amount"))),
            ),
        ]
        indexes = [
            models.Index(
                name="price_step_waiting",
                fields=["subscription", "from_on"],
                condition=Q(applied_on__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.price_amount} from {self.from_on}"
