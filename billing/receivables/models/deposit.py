from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.allocation.models.payment import Payment


class Deposit(models.Model):
    """What a customer has deposited as security: owed to them, no income, no credit on bills.

    Moved by the trigger of `DepositMove` alone; it never falls below zero.
    """

    customer = models.OneToOneField(
        "customers.Customer", primary_key=True, on_delete=models.PROTECT, related_name="deposit"
    )
    held_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(name="deposit_is_not_overdrawn", condition=Q(held_amount__gte=0))
        ]

    def __str__(self) -> str:
        return f"{self.held_amount} of {self.customer_id}"


class DepositMove(models.Model):
    """Security taken, used for bills, put back or paid back; each with a voucher, never changed."""

    class Kind(models.TextChoices):
        TAKEN = "TAKEN", _("Deposit taken")
        APPLIED = "APPLIED", _("Deposit used for bills")
        PUT_BACK = "PUT_BACK", _("Deposit put back")
        RETURNED = "RETURNED", _("Deposit paid back")

    number = models.CharField(max_length=20)  # DEP-2026-00001
    kind = models.CharField(max_length=8, choices=Kind.choices)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="deposit_moves", db_index=False
    )
    branch = models.ForeignKey(
        "accounts.Branch", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=12, choices=Payment.Method.choices, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    reason = models.TextField()
    # What paid the bills, when it was used for them; whose reversal put it back.
    payment = models.ForeignKey(
        Payment, null=True, on_delete=models.PROTECT, related_name="deposit_moves"
    )
    moved_on = models.DateField()  # company date
    moved_at = models.DateTimeField()
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="deposit_number_once", fields=["number"]),
            models.UniqueConstraint(name="deposit_pays_once", fields=["payment", "kind"]),
            models.CheckConstraint(name="deposit_move_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="deposit_move_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="deposit_move_is_money_or_payment",
                condition=Q(
                    kind__in=["TAKEN", "RETURNED"],
                    payment__isnull=True,
                    method__in=["CASH", "BKASH", "NAGAD", "CARD", "EFT"],
                )
                | Q(kind__in=["APPLIED", "PUT_BACK"], payment__isnull=False, method=""),
            ),
        ]
        indexes = [models.Index(name="deposit_move_customer", fields=["customer", "-id"])]

    def __str__(self) -> str:
        return self.number
