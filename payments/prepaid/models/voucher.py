"""Recharge cards: batches that are made, sold and blocked as one, and the cards in them.

A card's code is a secret: found by its keyed hash, kept sealed for printing, never logged. What
was sold and not redeemed is owed (account 2320) until it is redeemed or has lapsed.
"""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ispbill.core.models.made_file import MadeFile
from ispbill.core.sealed_files import SealedPath

LARGEST_BATCH = 2_000


class VoucherBatch(models.Model):
    """Cards of one kind, made and sold together. Active ones can be redeemed."""

    class Kind(models.TextChoices):
        VALUE = "VALUE", _("An amount")
        PACKAGE = "PACKAGE", _("Periods of a package")

    class Status(models.TextChoices):
        DRAFT = "DRAFT", _("Not sold yet")
        ACTIVE = "ACTIVE", _("Active")
        BLOCKED = "BLOCKED", _("Blocked")

    class PaidInto(models.TextChoices):
        CASH = "CASH", _("Cash")
        BANK = "BANK", _("Bank")
        MOBILE_MONEY = "MOBILE_MONEY", _("Mobile money")
        ON_ACCOUNT = "ON_ACCOUNT", _("Later, on account")

    number = models.CharField(max_length=20)  # VB-2026-00001
    kind = models.CharField(max_length=7, choices=Kind.choices)
    package = models.ForeignKey(
        "customers.Package", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    periods = models.PositiveSmallIntegerField(default=0)
    value_amount = models.DecimalField(max_digits=14, decimal_places=2)  # each, tax included
    price_amount = models.DecimalField(max_digits=14, decimal_places=2)  # each, what the buyer pays
    count = models.PositiveIntegerField()
    valid_until = models.DateField()  # the last day it can be redeemed
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.DRAFT)
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    reseller = models.ForeignKey(  # the buyer; without one the branch itself sells the cards
        "resellers.Reseller", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    paid_into = models.CharField(max_length=12, choices=PaidInto.choices, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    sold_at = models.DateTimeField(null=True)
    sold_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Kept by the services, in the transactions that change them; `check_ledger` compares.
    collected_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    class Meta:
        verbose_name_plural = "voucher batches"
        constraints = [
            models.UniqueConstraint(name="voucher_batch_number_once", fields=["number"]),
            models.CheckConstraint(
                name="voucher_batch_has_some_cards",
                condition=Q(count__gte=1) & Q(count__lte=LARGEST_BATCH),
            ),
            models.CheckConstraint(
                name="voucher_batch_costs_at_most_its_value",
                condition=Q(value_amount__gt=0)
                & Q(price_amount__gte=0)
                & Q(price_amount__lte=F("value_amount")),
            ),
            models.CheckConstraint(
                name="voucher_batch_of_a_package_names_it",
                condition=Q(kind="VALUE", package__isnull=True, periods=0)
                | Q(kind="PACKAGE", package__isnull=False, periods__gte=1),
            ),
            models.CheckConstraint(
                name="voucher_batch_in_use_is_sold",
                condition=Q(status="DRAFT", sold_at__isnull=True, paid_into="")
                | (~Q(status="DRAFT") & Q(sold_at__isnull=False) & ~Q(paid_into="")),
            ),
            models.CheckConstraint(
                name="voucher_batch_collects_at_most_its_price",
                condition=Q(collected_amount__gte=0)
                & Q(collected_amount__lte=F("price_amount") * F("count")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total_price(self) -> Decimal:
        """What the buyer pays for all cards."""
        return self.price_amount * self.count

    @property
    def total_value(self) -> Decimal:
        """What all cards are worth to customers."""
        return self.value_amount * self.count

    @property
    def uncollected_amount(self) -> Decimal:
        """What the buyer still has to pay on account."""
        if self.paid_into != self.PaidInto.ON_ACCOUNT:
            return Decimal(0)
        return self.total_price - self.collected_amount


class Voucher(models.Model):
    """One card. Redeemed once: it then names the payment it became."""

    class Status(models.TextChoices):
        NEW = "NEW", _("Not redeemed")
        REDEEMED = "REDEEMED", _("Redeemed")
        BLOCKED = "BLOCKED", _("Blocked")
        LAPSED = "LAPSED", _("Lapsed")

    batch = models.ForeignKey(VoucherBatch, on_delete=models.PROTECT, related_name="vouchers")
    serial = models.CharField(max_length=16)  # public: on the card, in talks, in lists
    code_fingerprint = models.CharField(max_length=64)
    sealed_code = models.TextField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.NEW)
    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.PROTECT, related_name="+"
    )
    payment = models.OneToOneField(
        "billing.Payment", null=True, on_delete=models.PROTECT, related_name="voucher"
    )
    redeemed_at = models.DateTimeField(null=True)
    redemptions = models.PositiveSmallIntegerField(default=0)  # more than one after a reversal
    block_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="voucher_serial_once", fields=["serial"]),
            models.UniqueConstraint(name="voucher_code_once", fields=["code_fingerprint"]),
            models.CheckConstraint(
                name="voucher_redeemed_names_its_payment",
                condition=Q(
                    status="REDEEMED",
                    customer__isnull=False,
                    payment__isnull=False,
                    redeemed_at__isnull=False,
                )
                | (
                    ~Q(status="REDEEMED")
                    & Q(customer__isnull=True, payment__isnull=True, redeemed_at__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="voucher_blocked_has_reason",
                condition=~Q(status="BLOCKED") | ~Q(block_reason=""),
            ),
        ]
        indexes = [models.Index(name="voucher_of_batch", fields=["batch", "status"])]

    def __str__(self) -> str:
        return self.serial


class VoucherMoney(models.Model):
    """What a buyer on account has paid for a batch."""

    batch = models.ForeignKey(VoucherBatch, on_delete=models.PROTECT, related_name="money")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    paid_into = models.CharField(max_length=12, choices=VoucherBatch.PaidInto.choices)
    reference = models.CharField(max_length=80, blank=True)
    idempotency_key = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name_plural = "voucher money"
        constraints = [
            models.UniqueConstraint(name="voucher_money_once_per_key", fields=["idempotency_key"]),
            models.CheckConstraint(name="voucher_money_is_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.batch_id}"


class VoucherLapse(models.Model):
    """Cards past their last day that the owner has taken into income, with a reason."""

    batch = models.ForeignKey(VoucherBatch, on_delete=models.PROTECT, related_name="lapses")
    count = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="voucher_lapse_is_of_some_cards", condition=Q(count__gte=1) & Q(amount__gte=0)
            )
        ]

    def __str__(self) -> str:
        return f"{self.count} of {self.batch_id}"


class VoucherSheet(MadeFile):
    """Printed cards of a batch, made by a worker and kept sealed: the file holds the codes."""

    batch = models.ForeignKey(VoucherBatch, on_delete=models.CASCADE, related_name="sheets")
    language = models.CharField(max_length=5)
    per_page = models.PositiveSmallIntegerField()
    path = SealedPath(max_length=160, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="voucher_sheet_once", fields=["batch", "language", "per_page"]
            ),
            models.CheckConstraint(
                name="voucher_sheet_ready_has_file", condition=~Q(state="READY") | ~Q(path="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.language} {self.per_page}"
