from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def _amount(default: str) -> "models.DecimalField[Decimal, Decimal]":
    value = Decimal(default)
    return models.DecimalField(max_digits=14, decimal_places=2, default=value, db_default=value)


class Reseller(models.Model):
    """A sub-dealer who brings and serves customers of some areas for a share.

    `kind` is how money moves: the house's money of which a share is paid out, or a wallet, and the
    reseller keeps what customers pay. Amounts are in the company's currency. Without a plan of the
    day (`PlanVersion`) the share is `commission_rate` of each payment.
    """

    class Status(models.TextChoices):
        APPLIED = "APPLIED", _("Applied")
        ACTIVE = "ACTIVE", _("Active")
        SUSPENDED = "SUSPENDED", _("Suspended")
        CLOSED = "CLOSED", _("Closed")

    class Kind(models.TextChoices):
        COMMISSION = "COMMISSION", _("Commission")
        PREPAID = "PREPAID", _("Prepaid wallet")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="reseller"
    )
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=20)
    email = models.CharField(max_length=120, blank=True)
    branch = models.ForeignKey(
        "accounts.Branch", on_delete=models.PROTECT, related_name="resellers"
    )
    areas = models.ManyToManyField("customers.Area", related_name="resellers", blank=True)
    commission_rate = models.DecimalField(max_digits=6, decimal_places=5)  # a fraction: 0.10
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    kind = models.CharField(
        max_length=10, choices=Kind.choices, default=Kind.COMMISSION, db_default=Kind.COMMISSION
    )
    payout_account = models.CharField(max_length=80, blank=True)
    collection_limit = _amount("20000.00")  # of the house's money in the reseller's hands
    remit_days = models.PositiveSmallIntegerField(default=7, db_default=7)
    credit_limit = _amount("0.00")  # how far the wallet may go below zero
    minimum_top_up = _amount("500.00")
    low_mark = _amount("1000.00")  # a wallet below it is low
    minimum_payout = _amount("500.00")
    # Of each payout, for the state: a fraction.
    withholding_rate = models.DecimalField(
        max_digits=6, decimal_places=5, default=Decimal(0), db_default=Decimal(0)
    )
    may_collect = models.BooleanField(default=True, db_default=True)
    may_add_customers = models.BooleanField(default=True, db_default=True)
    needs_approval = models.BooleanField(default=True, db_default=True)  # of who is added
    may_export = models.BooleanField(default=True, db_default=True)
    may_message = models.BooleanField(default=True, db_default=True)
    messages_a_day = models.PositiveIntegerField(default=200, db_default=200)
    # How much of a price may be given away to own customers, a fraction; nothing: no discounts.
    discount_limit = models.DecimalField(
        max_digits=6, decimal_places=5, default=Decimal(0), db_default=Decimal(0)
    )
    # Its name, logo and phone beside the house's on its customers' papers and pages.
    is_co_branded = models.BooleanField(default=False, db_default=False)
    brand_name = models.CharField(max_length=60, blank=True, db_default="")
    brand_phone = models.CharField(max_length=20, blank=True, db_default="")
    logo_path = models.CharField(max_length=200, blank=True, db_default="")  # below MEDIA_ROOT

    class Meta:
        constraints = [
            models.UniqueConstraint(name="reseller_name_once", fields=["name"]),
            models.CheckConstraint(
                name="reseller_commission_is_a_fraction",
                condition=Q(commission_rate__gte=0) & Q(commission_rate__lte=1),
            ),
            models.CheckConstraint(
                name="reseller_withholding_is_a_fraction",
                condition=Q(withholding_rate__gte=0, withholding_rate__lt=1),
            ),
            models.CheckConstraint(
                name="reseller_discount_limit_is_a_fraction",
                condition=Q(discount_limit__gte=0, discount_limit__lte=1),
            ),
            models.CheckConstraint(
                name="reseller_limits_are_not_negative",
                condition=Q(collection_limit__gte=0, credit_limit__gte=0, minimum_top_up__gte=0)
                & Q(low_mark__gte=0, minimum_payout__gte=0, remit_days__gt=0),
            ),
            models.CheckConstraint(
                name="reseller_login_comes_with_activation",
                condition=Q(status="APPLIED", user__isnull=True)
                | Q(status="CLOSED")
                | Q(status__in=["ACTIVE", "SUSPENDED"], user__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def number(self) -> str:
        """Return the number a transfer to the house names: RS-00007."""
        return f"RS-{self.pk:05d}"

    @property
    def is_prepaid(self) -> bool:
        return self.kind == self.Kind.PREPAID

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE


class ResellerUser(models.Model):
    """Somebody of a reseller who signs in beside the partner, with fewer rights."""

    class Rights(models.TextChoices):
        PARTNER = "PARTNER", _("Partner")
        CASHIER = "CASHIER", _("Cashier")
        COLLECTOR = "COLLECTOR", _("Collector")
        VIEWER = "VIEWER", _("Viewer")

    reseller = models.ForeignKey(Reseller, on_delete=models.PROTECT, related_name="users")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reseller_user"
    )
    rights = models.CharField(max_length=9, choices=Rights.choices)

    def __str__(self) -> str:
        return f"{self.rights} of reseller {self.reseller_id}"


class PlanVersion(models.Model):
    """How a reseller's share is counted from a day on; the version of the payment's day counts.

    Rates are fractions. `package_rates` names packages by id; `tiers` are pairs of a volume and a
    rate, rising from nothing.
    """

    class Kind(models.TextChoices):
        PERCENT = "PERCENT", _("Percentage")
        PACKAGE = "PACKAGE", _("By package")
        MARGIN = "MARGIN", _("Margin over the buying price")
        TIER = "TIER", _("Tiers by monthly volume")

    class Manner(models.TextChoices):
        MARGINAL = "MARGINAL", _("Each tier its own part")
        RETROACTIVE = "RETROACTIVE", _("The tier reached, for all of it")

    reseller = models.ForeignKey(
        Reseller, on_delete=models.PROTECT, related_name="plans", db_index=False
    )
    kind = models.CharField(max_length=7, choices=Kind.choices)
    rate = models.DecimalField(max_digits=6, decimal_places=5)
    package_rates = models.JSONField(default=dict)
    tiers = models.JSONField(default=list)
    manner = models.CharField(max_length=11, choices=Manner.choices, default=Manner.MARGINAL)
    cap_per_payment = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    cap_per_month = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    # Once a service, beside the share, when its first bill is paid; taken back whole if the service
    # ends within so many days of its activation.
    activation_amount = _amount("0.00")
    clawback_days = models.PositiveSmallIntegerField(default=90, db_default=90)
    effective_from = models.DateField()  # company date
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="plan_once_a_day", fields=["reseller", "effective_from"]),
            models.CheckConstraint(
                name="plan_rate_is_a_fraction", condition=Q(rate__gte=0, rate__lte=1)
            ),
            models.CheckConstraint(
                name="plan_activation_is_not_negative", condition=Q(activation_amount__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of reseller {self.reseller_id} from {self.effective_from}"

    @property
    def percent(self) -> str:
        """Return the default rate in percent, as people read it."""
        return f"{(self.rate * 100).normalize():f}"


class PriceLimit(models.Model):
    """What a package costs a reseller, and between which net prices it may be sold on."""

    reseller = models.ForeignKey(
        Reseller, on_delete=models.PROTECT, related_name="price_limits", db_index=False
    )
    package = models.ForeignKey("customers.Package", on_delete=models.PROTECT, related_name="+")
    buy_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    floor_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    ceiling_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="price_limit_once", fields=["reseller", "package"]),
            models.CheckConstraint(
                name="price_limit_floor_below_ceiling",
                condition=Q(floor_amount__isnull=True)
                | Q(ceiling_amount__isnull=True)
                | Q(floor_amount__lte=F("ceiling_amount")),
            ),
        ]

    def __str__(self) -> str:
        return f"prices of package {self.package_id} for reseller {self.reseller_id}"
