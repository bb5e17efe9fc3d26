"""What resellers earn, what of it is clawed back, and what they are paid.

Guards are in `resellers/guards`: states move along a table, sums are moved by their documents, and
nothing is paid out that was not earned.
"""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.allocation.rules.masking import masked_name
from resellers.models.payout import Payout
from resellers.models.reseller import Reseller


class Commission(models.Model):
    """The share a reseller earns of one payment, once; rate and base as they were that moment.

    Or the bonus of a month in tiers: then there is no payment, and the base is the month's volume.
    Or what a service brings once, when its first bill is paid (START): then the base is the amount.

    Amounts are in the company's currency. What it is still worth is `amount` less
    `clawed_back_amount`; what was clawed back after it was paid out is a claim (`CommissionBack`).
    """

    class Status(models.TextChoices):
        ACCRUED = "ACCRUED", _("Pending")
        APPROVED = "APPROVED", _("Approved")
        PAID = "PAID", _("Paid")
        REVERSED = "REVERSED", _("Reversed")
        CREDITED = "CREDITED", _("In the wallet")  # of a prepaid reseller, at once

    class Kind(models.TextChoices):
        PAYMENT = "PAYMENT", _("Share of a payment")
        BONUS = "BONUS", _("Bonus of a month")  # tiers, at the close
        START = "START", _("Start of a service")  # its first bill is paid

    payment = models.ForeignKey(
        "billing.Payment", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(
        max_length=7, choices=Kind.choices, default=Kind.PAYMENT, db_default=Kind.PAYMENT
    )
    month = models.DateField(null=True)  # of a bonus: its first day
    reseller = models.ForeignKey(
        Reseller, on_delete=models.PROTECT, related_name="commissions", db_index=False
    )
    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subscription = models.ForeignKey(
        "customers.Subscription", null=True, on_delete=models.PROTECT, related_name="+"
    )  # of a start
    branch = models.ForeignKey(
        "accounts.Branch", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    base_amount = models.DecimalField(max_digits=14, decimal_places=2)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=5)  # left out of the base; 0: none
    rate = models.DecimalField(max_digits=6, decimal_places=5)  # a fraction
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    clawed_back_amount = models.DecimalField(
        max_digits=14, decimal_places=2, default=0, db_default=0
    )  # by trigger
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACCRUED)
    earned_on = models.DateField()  # company date
    earned_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    approved_at = models.DateTimeField(null=True)
    payout = models.ForeignKey(
        Payout, null=True, on_delete=models.PROTECT, related_name="commissions"
    )
    paid_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="commission_once_per_payment", fields=["payment"]),
            models.UniqueConstraint(name="commission_bonus_once", fields=["reseller", "month"]),
            models.CheckConstraint(
                name="commission_is_of_a_payment_or_a_month",
                condition=Q(
                    kind="PAYMENT", payment__isnull=False, customer__isnull=False, month=None
                )
                & Q(subscription=None)
                | Q(kind="BONUS", payment=None, customer=None, month__isnull=False)
                & Q(subscription=None)
                | Q(kind="START", payment=None, customer__isnull=False, month=None)
                & Q(subscription__isnull=False),
            ),
            models.UniqueConstraint(
                name="commission_start_stands_once",
                fields=["subscription"],
                condition=Q(subscription__isnull=False) & ~Q(status="REVERSED"),
            ),
            models.CheckConstraint(name="commission_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="commission_rates_are_fractions",
                condition=Q(rate__gt=0, rate__lte=1, tax_rate__gte=0, tax_rate__lt=1),
            ),
            models.CheckConstraint(
                name="commission_within_its_base", condition=Q(base_amount__gte=F("amount"))
            ),
            models.CheckConstraint(
                name="commission_clawed_back_within_it",
                condition=Q(clawed_back_amount__gte=0) & Q(clawed_back_amount__lte=F("amount")),
            ),
            models.CheckConstraint(
                name="commission_reversed_is_worth_nothing",
                condition=Q(status="REVERSED", clawed_back_amount=F("amount"))
                | (~Q(status="REVERSED") & Q(clawed_back_amount__lt=F("amount"))),
            ),
            models.CheckConstraint(
                name="commission_paid_says_how_much",
                condition=(Q(status="PAID") & Q(paid_amount__gt=0) & Q(payout__isnull=False))
                | (~Q(status="PAID") & Q(paid_amount__isnull=True))
                | (Q(status="REVERSED") & Q(payout__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(name="commission_reseller", fields=["reseller", "-id"]),
            models.Index(name="commission_customer", fields=["customer"]),
            models.Index(
                name="commission_waiting",
                fields=["status", "reseller", "id"],
                condition=Q(status__in=["ACCRUED", "APPROVED"]),
            ),
        ]

    def __str__(self) -> str:
        return f"commission {self.pk}"

    @property
    def worth(self) -> Decimal:
        """Return what of it has not been clawed back."""
        return self.amount - self.clawed_back_amount

    @property
    def document(self) -> str:
        """Return what it is of: a payment's receipt, a bonus' month, a service that started."""
        if self.payment is not None:
            return self.payment.receipt_number or ""
        if self.subscription is not None:
            return self.subscription.connection_id
        return f"{self.month:%Y-%m}" if self.month else ""

    @property
    def is_of_own(self) -> bool:
        """Tell whether the customer is this reseller's still."""
        return self.customer is not None and self.customer.reseller_id == self.reseller_id

    @property
    def shown_name(self) -> str:
        """The customer's name, masked once somebody else has the customer."""
        if self.customer is None:
            return ""
        return self.customer.name if self.is_of_own else masked_name(self.customer.name)

    @property
    def percent(self) -> str:
        """Return the rate in percent, as people read it."""
        return f"{(self.rate * 100).normalize():f}"


class CommissionBack(models.Model):
    """What of a commission is clawed back because its payment was reversed or paid out again.

    `is_claim` (set by trigger): it had been paid out already, so the next payout is smaller by it;
    `payout` is that one.
    """

    commission = models.ForeignKey(Commission, on_delete=models.PROTECT, related_name="backs")
    reseller = models.ForeignKey(
        Reseller, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    left_amount = models.DecimalField(max_digits=14, decimal_places=2)  # of the payment, then
    is_claim = models.BooleanField(default=False)
    taken_on = models.DateField()  # company date
    taken_at = models.DateTimeField()
    payout = models.ForeignKey(Payout, null=True, on_delete=models.PROTECT, related_name="claims")

    class Meta:
        constraints = [
            # The same state of the payment takes back once.
            models.UniqueConstraint(
                name="commission_back_once_per_fact", fields=["commission", "left_amount"]
            ),
            models.CheckConstraint(
                name="commission_back_is_positive", condition=Q(amount__gt=0, left_amount__gte=0)
            ),
            models.CheckConstraint(
                name="commission_back_deducted_is_a_claim",
                condition=Q(payout__isnull=True) | Q(is_claim=True),
            ),
        ]
        indexes = [
            models.Index(
                name="commission_claim_open",
                fields=["reseller", "id"],
                condition=Q(is_claim=True, payout__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} of commission {self.commission_id}"
