from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from resellers.models.commission import Commission, CommissionBack
from resellers.models.reseller import Reseller


class Wallet(models.Model):
    """What a reseller has with the house, and what of the house's money the reseller holds.

    Two sums in the company's currency, moved by `WalletMove` in the same statement; the row is
    what two who spend at once wait for.
    """

    reseller = models.OneToOneField(
        Reseller, primary_key=True, on_delete=models.PROTECT, related_name="wallet"
    )
    balance_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0, db_default=0)
    held_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0, db_default=0)

    def __str__(self) -> str:
        return f"wallet of reseller {self.reseller_id}"


class Transfer(models.Model):
    """Money between a reseller and the house: a top-up, a remittance, a refund of the wallet.

    Only when it is confirmed the books and the wallet move. What came through a gateway, or is a
    line of a bank statement, stands at that account of the books (`account_no`); nobody need have
    confirmed it. A top-up can be taken back, and a remittance with its line.
    """

    class Kind(models.TextChoices):
        TOPUP = "TOPUP", _("Top-up")
        REMITTANCE = "REMITTANCE", _("Remittance")
        REFUND = "REFUND", _("Refund of the wallet")

    class Status(models.TextChoices):
        SENT = "SENT", _("Waits for confirmation")
        CONFIRMED = "CONFIRMED", _("Confirmed")
        REJECTED = "REJECTED", _("Rejected")
        REVERSED = "REVERSED", _("Taken back")

    class Method(models.TextChoices):
        CASH = "CASH", _("Cash")
        BKASH = "BKASH", _("bKash")
        NAGAD = "NAGAD", _("Nagad")
        CARD = "CARD", _("Card")
        EFT = "EFT", _("Bank transfer")

    number = models.CharField(max_length=20)  # TU-, RM-, WR-2026-00001
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reseller = models.ForeignKey(
        Reseller, on_delete=models.PROTECT, related_name="transfers", db_index=False
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    method = models.CharField(max_length=5, choices=Method.choices)
    account_no = models.PositiveSmallIntegerField(default=0, db_default=0)
    reference = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.SENT)
    key = models.CharField(max_length=64)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sent_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    decided_at = models.DateTimeField(null=True)
    decided_on = models.DateField(null=True)  # company date
    rejection_reason = models.CharField(max_length=200, blank=True)
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    reversed_on = models.DateField(null=True)  # company date
    reversal_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="transfer_number_once", fields=["number"]),
            models.UniqueConstraint(name="transfer_once_per_key", fields=["key"]),
            models.CheckConstraint(name="transfer_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="transfer_decided_says_by_whom",
                condition=Q(status="SENT", decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_on__isnull=False)
                & (Q(decided_by__isnull=False) | Q(account_no__gt=0)),
            ),
            models.CheckConstraint(
                name="transfer_reversed_came_in_and_says_when",
                condition=Q(reversed_on__isnull=True) & ~Q(status="REVERSED")
                | Q(reversed_on__isnull=False, status="REVERSED", kind__in=["TOPUP", "REMITTANCE"]),
            ),
            models.CheckConstraint(
                name="transfer_refund_by_a_second_person",
                condition=~Q(kind="REFUND", status="CONFIRMED")
                | ~Q(decided_by=models.F("sent_by")),
            ),
        ]
        indexes = [
            models.Index(name="transfer_of_reseller", fields=["reseller", "-id"]),
            models.Index(name="transfer_waiting", fields=["id"], condition=Q(status="SENT")),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_waiting(self) -> bool:
        return self.status == self.Status.SENT


class WalletMove(models.Model):
    """One movement of a reseller's wallet, or of the house's money held; it only grows.

    `after_amount` is the pocket's sum after it, by trigger; so is `is_low`: it has just taken the
    wallet below the mark of its reseller.
    """

    class Pocket(models.TextChoices):
        WALLET = "WALLET", _("Wallet")
        HELD = "HELD", _("Money held")

    class Kind(models.TextChoices):
        PAYMENT = "PAYMENT", _("Payment")
        SHARE = "SHARE", _("Share")
        TOPUP = "TOPUP", _("Top-up")
        REFUND = "REFUND", _("Refund")
        COLLECTED = "COLLECTED", _("Collected")
        REMITTED = "REMITTED", _("Remitted")
        BACK = "BACK", _("Taken back")

    reseller = models.ForeignKey(
        Reseller, on_delete=models.PROTECT, related_name="moves", db_index=False
    )
    pocket = models.CharField(max_length=6, choices=Pocket.choices)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    after_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)  # by trigger
    payment = models.ForeignKey(
        "billing.Payment", null=True, on_delete=models.PROTECT, related_name="+"
    )
    commission = models.ForeignKey(
        Commission, null=True, on_delete=models.PROTECT, related_name="+"
    )
    commission_back = models.ForeignKey(
        CommissionBack, null=True, on_delete=models.PROTECT, related_name="+"
    )
    transfer = models.ForeignKey(Transfer, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    on = models.DateField()  # company date
    is_low = models.BooleanField(default=False, db_default=False)  # by trigger

    class Meta:
        constraints = [
            models.CheckConstraint(name="wallet_move_is_something", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="wallet_move_is_of_its_pocket",
                condition=Q(pocket="HELD", kind__in=["COLLECTED", "REMITTED", "BACK"])
                | Q(pocket="WALLET", kind__in=["PAYMENT", "SHARE", "TOPUP", "REFUND", "BACK"]),
            ),
            models.UniqueConstraint(
                name="wallet_move_once_per_share",
                fields=["commission"],
                condition=Q(commission__isnull=False),
            ),
            models.UniqueConstraint(
                name="wallet_move_once_per_back",
                fields=["commission_back"],
                condition=Q(commission_back__isnull=False),
            ),
            models.UniqueConstraint(
                name="wallet_move_once_per_transfer",
                fields=["transfer", "kind"],
                condition=Q(transfer__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="wallet_move_latest", fields=["reseller", "pocket", "-id"]),
            models.Index(name="wallet_move_low", fields=["at"], condition=Q(is_low=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} of reseller {self.reseller_id}"
