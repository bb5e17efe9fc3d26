from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from resellers.models.reseller import Reseller


class Payout(models.Model):
    """Commissions paid to a reseller together, less what is claimed back of earlier ones.

    Above the company's limit it waits for a second person; its commissions and claims are held
    by it meanwhile. Paid, it is frozen; its sum is proven by a trigger at the commit.
    """

    class Status(models.TextChoices):
        WAITING = "WAITING", _("Waits for approval")
        PAID = "PAID", _("Paid")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")

    class Method(models.TextChoices):
        CASH = "CASH", _("Cash")
        BKASH = "BKASH", _("bKash")
        NAGAD = "NAGAD", _("Nagad")
        EFT = "EFT", _("Bank transfer")

    number = models.CharField(max_length=20)  # PO-2026-00001
    reseller = models.ForeignKey(Reseller, on_delete=models.PROTECT, related_name="payouts")
    branch = models.ForeignKey(
        "accounts.Branch", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    earned_amount = models.DecimalField(max_digits=14, decimal_places=2)  # its commissions
    claimed_amount = models.DecimalField(max_digits=14, decimal_places=2)  # deducted
    amount = models.DecimalField(max_digits=14, decimal_places=2)  # the reseller's, with the tax
    # Of it kept for the state: paid is what is left.
    withheld_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0, db_default=0)
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=5, choices=Method.choices)
    reference = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=9, choices=Status.choices)
    needs_second = models.BooleanField()
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    prepared_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    decided_at = models.DateTimeField(null=True)
    paid_on = models.DateField(null=True)  # company date

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payout_number_once", fields=["number"]),
            models.UniqueConstraint(
                name="payout_one_waiting_per_reseller",
                fields=["reseller"],
                condition=Q(status="WAITING"),
            ),
            models.CheckConstraint(name="payout_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="payout_is_earned_less_claimed",
                condition=Q(claimed_amount__gte=0)
                & Q(amount=F("earned_amount") - F("claimed_amount")),
            ),
            models.CheckConstraint(
                name="payout_withheld_is_less_than_it",
                condition=Q(withheld_amount__gte=0, withheld_amount__lt=F("amount")),
            ),
            models.CheckConstraint(
                name="payout_paid_says_by_whom_and_when",
                condition=~Q(status="PAID")
                | Q(decided_by__isnull=False, decided_at__isnull=False, paid_on__isnull=False),
            ),
            models.CheckConstraint(
                name="payout_second_person",
                condition=Q(needs_second=False)
                | ~Q(status="PAID")
                | ~Q(decided_by=F("prepared_by")),
            ),
        ]
        indexes = [models.Index(name="payout_latest", fields=["-id"])]

    def __str__(self) -> str:
        return self.number

    @property
    def payable(self) -> Decimal:
        """Return what leaves the house's account."""
        return self.amount - self.withheld_amount

    @property
    def is_waiting(self) -> bool:
        return self.status == self.Status.WAITING
