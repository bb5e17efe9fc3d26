from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models.package import Cycle


class Subscription(models.Model):
    """One customer's use of one package at one address, with its own frozen price and speed.

    Screens call it a service. Its billing position is on `billing.Schedule`, its line on
    `network.Access`.
    """

    class Status(models.TextChoices):
        PENDING = "PENDING", _("Pending")
        ACTIVE = "ACTIVE", _("Active")
        SUSPENDED = "SUSPENDED", _("Suspended")
        CANCELLED = "CANCELLED", _("Cancelled")

    class Mode(models.TextChoices):
        POSTPAID = "POSTPAID", _("Invoiced in advance")
        PREPAID = "PREPAID", _("Prepaid")

    class Technology(models.TextChoices):
        FIBER = "FIBER", _("Fiber")
        BROADBAND = "BROADBAND", _("Broadband")
        WIRELESS = "WIRELESS", _("Wireless")
        LTE = "LTE", _("LTE")
        FIVE_G = "5G", _("5G")
        CPE = "CPE", _("CPE")

    class Leaving(models.TextChoices):
        """Why somebody goes, as it was told when the service ended."""

        OWN_WISH = "OWN_WISH", _("Own wish")
        NON_PAYMENT = "NON_PAYMENT", _("Unpaid")
        MOVED = "MOVED", _("Moved away")
        DIED = "DIED", _("Died")
        BY_US = "BY_US", _("Ended by us")
        NOT_TOLD = "NOT_TOLD", _("Not told")

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="subscriptions"
    )
    line_no = models.PositiveSmallIntegerField(default=1)  # CT-2026-00012-1
    package = models.ForeignKey(
        "customers.Package", on_delete=models.PROTECT, related_name="subscriptions"
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.POSTPAID)
    technology = models.CharField(max_length=10, choices=Technology.choices)
    cycle = models.CharField(max_length=10, choices=Cycle.choices, default=Cycle.MONTHLY)
    billing_day = models.PositiveSmallIntegerField()
    price_amount = models.DecimalField(max_digits=14, decimal_places=2)  # net, per cycle, frozen
    # Set when the price was agreed with its tax: what the customer pays a cycle, to the cent.
    gross_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    installation_fee = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    router_fee = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    download_mbps = models.PositiveIntegerField()
    upload_mbps = models.PositiveIntegerField()
    data_cap_gb = models.PositiveIntegerField(null=True, blank=True)
    address = models.CharField(max_length=240, blank=True)  # blank = the customer's
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    connection_id = models.CharField(max_length=60)  # the line's name, also the PPPoE user name
    upstream_provider = models.CharField(max_length=60, blank=True)
    upstream_order_id = models.CharField(max_length=60, blank=True)
    cpe_make = models.CharField(max_length=60, blank=True)
    cpe_serial = models.CharField(max_length=60, blank=True)
    activated_on = models.DateField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)
    left_because = models.CharField(
        max_length=11, choices=Leaving.choices, blank=True, default="", db_default=""
    )  # of a service that has ended
    contract_ends_on = models.DateField(null=True, blank=True)
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="subscription_line_once", fields=["customer", "line_no"]),
            models.UniqueConstraint(
                name="subscription_connection_once",
                fields=["connection_id"],
                condition=~Q(status="CANCELLED"),
            ),
            models.CheckConstraint(
                name="subscription_billing_day_exists",
                condition=Q(billing_day__gte=1) & Q(billing_day__lte=31),
            ),
            models.CheckConstraint(
                name="subscription_amounts_are_not_negative",
                condition=Q(price_amount__gte=0)
                & Q(installation_fee__gte=0)
                & Q(router_fee__gte=0),
            ),
            models.CheckConstraint(
                name="subscription_dates_fit_its_status",
                condition=Q(status="PENDING", activated_on__isnull=True)
                | Q(status="ACTIVE", activated_on__isnull=False, suspended_at__isnull=True)
                | Q(status="SUSPENDED", activated_on__isnull=False, suspended_at__isnull=False)
                | Q(status="CANCELLED", cancelled_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="subscription_package", fields=["package", "status"]),
            models.Index(name="subscription_billing_day", fields=["billing_day", "status"]),
            models.Index(
                name="subscription_prepaid", fields=["customer"], condition=Q(mode="PREPAID")
            ),
        ]

    def __str__(self) -> str:
        return self.connection_id

    @property
    def is_live(self) -> bool:
        """Tell whether the line should carry traffic."""
        return self.status == self.Status.ACTIVE


class Suspension(models.Model):
    """A span of days a service is switched off, with its kind and money rule.

    `span` is half-open and open-ended while it lasts; two spans of one service never overlap.
    """

    class Kind(models.TextChoices):
        NON_PAYMENT = "NON_PAYMENT", _("Non-payment")
        CUSTOMER_REQUEST = "CUSTOMER_REQUEST", _("Customer's request")
        TECHNICAL = "TECHNICAL", _("Technical")
        FRAUD = "FRAUD", _("Fraud")
        POLICY = "POLICY", _("Policy violation")
        PREPAID = "PREPAID", _("Prepaid time is over")
        OTHER = "OTHER", _("Other")

    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="suspensions"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    span = DateRangeField()
    is_billed = models.BooleanField(default=True)  # False: these days are never billed, nor later
    # Whether its days that had been billed before are credited on return, and when they were.
    is_credited = models.BooleanField(default=False, db_default=False)
    settled_at = models.DateTimeField(null=True)
    reason = models.TextField()
    # Every value the decision rested on (days overdue, grace, balance …), for later questions.
    decision = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="suspension_spans_never_overlap",
                expressions=[
                    ("subscription", RangeOperators.EQUAL),
                    ("span", RangeOperators.OVERLAPS),
                ],
            ),
            models.UniqueConstraint(
                name="suspension_one_at_a_time",
                fields=["subscription"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="suspension_billed_is_not_credited",
                condition=Q(is_billed=False) | Q(is_credited=False),
            ),
            models.CheckConstraint(
                name="suspension_ends_after_it_starts",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.subscription_id}"
