from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _


class SellerText(models.Model):
    """What the company looked like on a document: kept once per wording, never changed."""

    fingerprint = models.CharField(max_length=64)
    data = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(name="seller_text_once", fields=["fingerprint"])]

    def __str__(self) -> str:
        return self.fingerprint[:12]


class Invoice(models.Model):
    """A bill. Once issued it is frozen: only what is paid or credited on it moves.

    Whether it is paid, partly paid or overdue follows from its amounts and due date; only
    DRAFT, OPEN and VOID are stored.
    """

    class Status(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        OPEN = "OPEN", _("Issued")
        VOID = "VOID", _("Void")

    class Kind(models.TextChoices):
        RECURRING = "RECURRING", _("Recurring")
        FIRST = "FIRST", _("First bill")
        ADJUSTMENT = "ADJUSTMENT", _("Adjustment")
        CHANGE = "CHANGE", _("Package change")
        LATE_FEE = "LATE_FEE", _("Late fee")
        ONE_OFF = "ONE_OFF", _("One-off")
        FINAL = "FINAL", _("Final bill")

    # Given at issue, without gaps; NULL before, so that the unique constraint lets drafts be.
    number = models.CharField(max_length=20, null=True)  # noqa: DJ001
    # Checked for the whole statement by `invoice_sums_insert`: the rows of these four are never
    # removed (docs/adr/0032-looked-up-once.md).
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        related_name="invoices",
        db_index=False,
        db_constraint=False,
    )
    branch = models.ForeignKey(
        "accounts.Branch",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    run = models.ForeignKey(
        "billing.BillingRun",
        null=True,
        on_delete=models.PROTECT,
        related_name="invoices",
        db_index=False,
        db_constraint=False,
    )
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.RECURRING)
    status = models.CharField(max_length=5, choices=Status.choices, default=Status.DRAFT)
    issued_on = models.DateField(null=True)
    due_date = models.DateField()
    issued_at = models.DateTimeField(null=True)
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=5, default="en")
    subtotal_amount = models.DecimalField(max_digits=14, decimal_places=2)
    tax_amount = models.DecimalField(max_digits=14, decimal_places=2)
    total_amount = models.DecimalField(max_digits=14, decimal_places=2)
    paid_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    credited_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    amount_due = models.GeneratedField(
        expression=F("total_amount") - F("paid_amount") - F("credited_amount"),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
    )
    seller = models.ForeignKey(
        SellerText,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    buyer = models.JSONField(default=dict)  # name, local_name, number, phone, address, area
    void_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="invoice_number_once", fields=["number"]),
            models.CheckConstraint(
                name="invoice_total_is_net_plus_tax",
                condition=Q(total_amount=F("subtotal_amount") + F("tax_amount")),
            ),
            models.CheckConstraint(
                name="invoice_paid_within_total",
                condition=Q(paid_amount__gte=0)
                & Q(credited_amount__gte=0)
                & Q(total_amount__gte=F("paid_amount") + F("credited_amount")),
            ),
            models.CheckConstraint(
                name="invoice_numbered_when_issued",
                condition=Q(status="DRAFT", number__isnull=True, issued_on__isnull=True)
                | (
                    ~Q(status="DRAFT")
                    & Q(number__isnull=False, issued_on__isnull=False, issued_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="invoice_void_has_reason", condition=~Q(status="VOID") | ~Q(void_reason="")
            ),
        ]
        indexes = [
            models.Index(name="invoice_customer", fields=["customer", "-id"]),
            models.Index(name="invoice_run", fields=["run", "id"], condition=Q(run__isnull=False)),
            BrinIndex(name="invoice_issued", fields=["issued_on"]),
            BrinIndex(name="invoice_due", fields=["due_date"], pages_per_range=32),
            models.Index(
                name="invoice_unpaid",
                fields=["due_date", "customer"],
                condition=Q(status="OPEN", amount_due__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"draft {self.pk}"

    @property
    def is_paid(self) -> bool:
        return (
            self.status == self.Status.OPEN
            and self.amount_due == 0
            and (self.paid_amount > 0 or not self.total_amount)
        )

    @property
    def is_credited(self) -> bool:
        """Tell whether all of it was credited or written off, and nobody had to pay."""
        return self.status == self.Status.OPEN and self.amount_due == 0 and not self.is_paid

    @property
    def is_partly_paid(self) -> bool:
        return self.status == self.Status.OPEN and 0 < self.amount_due < self.total_amount


class InvoiceLine(models.Model):
    """One thing on a bill, with the arithmetic that made its amount.

    `span` is set for what covers days of a service; no day of a service (or of one of its add-ons)
    is held by two live lines.
    """

    class Kind(models.TextChoices):
        RECURRING = "RECURRING", _("Subscription")
        PRORATA = "PRORATA", _("Part of a period")
        INSTALLATION = "INSTALLATION", _("Installation")
        EQUIPMENT = "EQUIPMENT", _("Equipment")
        ADJUSTMENT = "ADJUSTMENT", _("Adjustment")
        ADDON = "ADDON", _("Add-on")
        LATE_FEE = "LATE_FEE", _("Late fee")
        TERMINATION = "TERMINATION", _("Early termination")
        FEE = "FEE", _("Fee")

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,  # an invoice is only issued when its lines are its customer's
    )
    subscription = models.ForeignKey(
        "customers.Subscription",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,  # checked for the whole statement; services are never removed
    )
    # What of the service it bills: 0 the line itself, else the id of the service's add-on.
    item = models.BigIntegerField(default=0, db_default=0)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    description = models.CharField(max_length=160)
    span = DateRangeField(null=True)
    # The days it still holds when some were given back so that they can be billed anew; NULL = all.
    held_span = DateRangeField(null=True)
    is_live = models.BooleanField(default=True)  # False when its invoice is void
    quantity = models.DecimalField(max_digits=10, decimal_places=3, default=1)
    unit_amount = models.DecimalField(max_digits=14, decimal_places=2)
    discount_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    net_amount = models.DecimalField(max_digits=14, decimal_places=2)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=5)
    tax_amount = models.DecimalField(max_digits=14, decimal_places=2)
    account = models.ForeignKey(
        "billing.Account",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,  # checked for the whole statement by `lines_frozen_insert`
    )
    explanation = models.JSONField(default=dict)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="invoice_line_days_billed_once",
                expressions=[
                    ("subscription", RangeOperators.EQUAL),
                    ("item", RangeOperators.EQUAL),
                    (Coalesce("held_span", "span"), RangeOperators.OVERLAPS),
                ],
                condition=Q(span__isnull=False, is_live=True),
            ),
            models.CheckConstraint(
                name="invoice_line_span_has_service",
                condition=Q(span__isnull=True)
                | Q(
                    subscription__isnull=False,
                    span__isempty=False,
                    span__startswith__isnull=False,
                    span__endswith__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="invoice_line_tax_rate_is_a_fraction",
                condition=Q(tax_rate__gte=0) & Q(tax_rate__lt=1),
            ),
        ]
        indexes = [
            models.Index(
                name="invoice_line_deferred",
                fields=["invoice"],
                condition=Q(account=2400),  # deferred revenue
            )
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def gross_amount(self) -> Decimal:
        """The net amount with its tax."""
        return self.net_amount + self.tax_amount
