from django.conf import settings
from django.db import models
from django.db.models import Q

from billing.allocation.models.payment import Payment


class Refund(models.Model):
    """A customer's credit paid out. Made at once with its voucher, and never changed.

    Its parts say which payments the money came from; a trigger moves their `refunded_amount`, and
    what a payment holds and has given back together never exceed it.
    """

    number = models.CharField(max_length=20)  # RF-2026-00001
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="refunds", db_index=False
    )
    branch = models.ForeignKey(
        "accounts.Branch", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=12, choices=Payment.Method.choices)
    reference = models.CharField(max_length=80, blank=True)  # TrxID, cheque or transfer number
    reason = models.TextField()
    paid_on = models.DateField()  # company date
    paid_at = models.DateTimeField()
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="refund_number_once", fields=["number"]),
            models.CheckConstraint(name="refund_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="refund_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="refund_is_money",
                condition=Q(
                    method__in=[
                        "CASH",
                        "BKASH",
                        "NAGAD",
                        "ROCKET",
                        "UPAY",
                        "WALLET",
                        "CARD",
                        "NETBANKING",
                        "EFT",
                        "RESELLER",  # back into the wallet that paid
                    ]
                ),
            ),
        ]
        indexes = [models.Index(name="refund_customer", fields=["customer", "-id"])]

    def __str__(self) -> str:
        return self.number


class RefundPart(models.Model):
    """What of a refund comes from one payment."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="parts")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refund_parts")
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(name="refund_part_is_positive", condition=Q(amount__gt=0)),
            models.UniqueConstraint(name="refund_part_once", fields=["refund", "payment"]),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.payment_id}"
