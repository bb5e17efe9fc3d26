from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Payment(models.Model):
    """Money received. It is never deleted or edited: a mistake is reversed, with a reason."""

    class Method(models.TextChoices):
        CASH = "CASH", _("Cash")
        BKASH = "BKASH", _("bKash")
        NAGAD = "NAGAD", _("Nagad")
        ROCKET = "ROCKET", _("Rocket")
        UPAY = "UPAY", _("Upay")
        WALLET = "WALLET", _("Mobile wallet")
        CARD = "CARD", _("Card")
        NETBANKING = "NETBANKING", _("Internet banking")
        EFT = "EFT", _("Bank transfer")
        DEBIT_ORDER = "DEBIT_ORDER", _("Debit order")
        VOUCHER = "VOUCHER", _("Voucher")
        ADJUSTMENT = "ADJUSTMENT", _("Adjustment")
        DEPOSIT = "DEPOSIT", _("Security deposit")
        REFERRAL = "REFERRAL", _("Referral reward")
        RESELLER = "RESELLER", _("Reseller’s wallet")

    class Status(models.TextChoices):
        PENDING = "PENDING", _("Pending")
        COMPLETED = "COMPLETED", _("Completed")
        FAILED = "FAILED", _("Failed")
        REFUNDED = "REFUNDED", _("Refunded")
        REVERSED = "REVERSED", _("Reversed")

    receipt_number = models.CharField(max_length=20, null=True)  # noqa: DJ001 - unique once given
    # Customer and branch are looked for by `payment_begins`; neither is ever removed.
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        related_name="payments",
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
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    allocated_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)  # by trigger
    refunded_amount = models.DecimalField(
        max_digits=14, decimal_places=2, default=0, db_default=0
    )  # by trigger
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=12, choices=Method.choices)
    status = models.CharField(max_length=10, choices=Status.choices)
    reference = models.CharField(max_length=80, blank=True)  # TrxID, slip number
    # Where in the books it landed; 0: the usual account of its method (`rules.accounts`).
    account_no = models.PositiveSmallIntegerField(default=0, db_default=0)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    received_at = models.DateTimeField()
    posted_on = models.DateField()  # company date
    idempotency_key = models.CharField(max_length=64)
    note = models.CharField(max_length=200, blank=True)
    reversed_at = models.DateTimeField(null=True)
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    reversal_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payment_receipt_once", fields=["receipt_number"]),
            models.UniqueConstraint(name="payment_once_per_key", fields=["idempotency_key"]),
            models.CheckConstraint(name="payment_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="payment_allocated_within_amount",
                condition=Q(allocated_amount__gte=0)
                & Q(refunded_amount__gte=0)
                & Q(amount__gte=F("allocated_amount") + F("refunded_amount")),
            ),
            models.CheckConstraint(
                name="payment_completed_has_receipt",
                condition=~Q(status__in=["COMPLETED", "REVERSED", "REFUNDED"])
                | Q(receipt_number__isnull=False),
            ),
            models.CheckConstraint(
                name="payment_reversed_has_reason",
                condition=~Q(status="REVERSED")
                | (
                    Q(reversed_at__isnull=False)
                    & ~Q(reversal_reason="")
                    & Q(allocated_amount=0, refunded_amount=0)
                ),
            ),
        ]
        indexes = [
            models.Index(name="payment_customer", fields=["customer", "-id"]),
            models.Index(name="payment_day", fields=["posted_on", "id"]),
            models.Index(
                name="payment_cashier",
                fields=["received_by", "posted_on"],
                condition=Q(received_by__isnull=False),
            ),
            models.Index(
                name="payment_reference", fields=["reference"], condition=~Q(reference="")
            ),
            models.Index(
                name="payment_credit_left",
                fields=["customer", "id"],
                condition=Q(
                    status="COMPLETED", amount__gt=F("allocated_amount") + F("refunded_amount")
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.receipt_number or f"payment {self.pk}"

    @property
    def is_reversed(self) -> bool:
        return self.status == self.Status.REVERSED

    @property
    def credit_amount(self) -> Decimal:
        """Return what is left of it to pay later invoices, or to be paid out."""
        if self.status != self.Status.COMPLETED:
            return Decimal(0)
        return self.amount - self.allocated_amount - self.refunded_amount


class Allocation(models.Model):
    """A part of a payment that pays an invoice. Released, never deleted, when it is undone.

    Triggers keep the invoice's paid amount and the payment's allocated amount; their check
    constraints are what refuses too much. Payment, invoice and customer belong together: the same
    trigger finds the issued invoice of this customer, which is never removed.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    invoice = models.ForeignKey(
        "billing.Invoice", on_delete=models.PROTECT, related_name="allocations", db_constraint=False
    )
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="allocation_is_positive", condition=Q(amount__gt=0)),
            models.UniqueConstraint(
                name="allocation_once_while_held",
                fields=["payment", "invoice"],
                condition=Q(released_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.payment_id} to {self.invoice_id}"
