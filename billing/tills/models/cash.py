"""Where cash lies and how it got there: movements, counts, and what went to the bank.

Every posting to the cash account becomes a `CashMove` by trigger; what passes from hand to hand is
two moves that sum to zero (docs/adr/0023-cash-desk.md).
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.tills.models.handover import Handover
from billing.tills.models.shift import Shift, branch_column, person_column


class CashMove(models.Model):
    """Cash into (positive) or out of a shift, or of the safe of a branch when there is none.

    With an entry: a posting to the cash account, written by its trigger. Without: one half of a
    passing between tills; both halves come in one statement and sum to zero. Never changed.
    """

    class Kind(models.TextChoices):
        TAKEN = "TAKEN", _("Taken")
        PAID_OUT = "PAID_OUT", _("Paid out")
        BANKED = "BANKED", _("Bank")
        DIFFERENCE = "DIFFERENCE", _("Difference")
        FLOAT = "FLOAT", _("Float")
        HANDOVER = "HANDOVER", _("Hand-over")
        RETURNED = "RETURNED", _("Into the safe")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    branch = branch_column()  # where the cash is
    shift = models.ForeignKey(
        Shift, null=True, on_delete=models.PROTECT, related_name="moves", db_index=False
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    moved_on = models.DateField()  # cash day
    moved_at = models.DateTimeField()
    entry = models.ForeignKey(
        "billing.JournalEntry",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    line_no = models.PositiveSmallIntegerField(null=True)
    handover = models.ForeignKey(
        Handover, null=True, on_delete=models.PROTECT, related_name="moves", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="cash_move_once_per_posting", fields=["entry", "line_no"]),
            models.CheckConstraint(name="cash_move_is_not_zero", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="cash_move_is_posting_or_passing",
                condition=Q(
                    kind__in=["TAKEN", "PAID_OUT", "BANKED", "DIFFERENCE"],
                    entry__isnull=False,
                    line_no__isnull=False,
                )
                | Q(
                    kind__in=["FLOAT", "HANDOVER", "RETURNED"],
                    entry__isnull=True,
                    line_no__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="cash_move_of_its_handover",
                condition=Q(kind="HANDOVER", handover__isnull=False, shift__isnull=False)
                | (~Q(kind="HANDOVER") & Q(handover__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(name="cash_move_shift", fields=["shift", "id"]),
            models.Index(name="cash_move_day", fields=["branch", "moved_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class CashCount(models.Model):
    """One count of a shift's drawer: how many of each note and coin. Never changed."""

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="counts")
    pieces = models.JSONField(default=dict)  # {"1000": 3, "0.50": 2}: how many of each
    loose_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    counted_amount = models.DecimalField(max_digits=14, decimal_places=2)
    expected_amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    reason = models.TextField(blank=True)  # of a difference
    counted_at = models.DateTimeField()
    counted_by = person_column()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cash_count_is_not_negative",
                condition=Q(counted_amount__gte=0, loose_amount__gte=0),
            ),
            models.CheckConstraint(
                name="cash_count_difference_has_reason",
                condition=Q(counted_amount=F("expected_amount")) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.counted_amount} of {self.shift_id}"


class CashBanking(models.Model):
    """Cash taken from a branch's safe to the bank, or fetched from it. Never changed."""

    class Way(models.TextChoices):
        TO_BANK = "TO_BANK", _("Paid into the bank")
        FROM_BANK = "FROM_BANK", _("Fetched from the bank")

    branch = branch_column()
    way = models.CharField(max_length=9, choices=Way.choices)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    slip_number = models.CharField(max_length=60)
    idempotency_key = models.CharField(max_length=64)
    moved_on = models.DateField()  # company date
    moved_at = models.DateTimeField()
    moved_by = person_column()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="cash_banking_once_per_key", fields=["idempotency_key"]),
            models.CheckConstraint(name="cash_banking_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="cash_banking_has_slip", condition=~Q(slip_number="")),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.slip_number}"
