from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q

from billing.tills.models.cash import CashMove
from billing.tills.models.shift import branch_column, person_column

_KEPT_AMOUNTS = (
    "float", "taken", "paid_out", "received", "handed", "expected", "counted", "difference",
)  # fmt: skip


class DayClose(models.Model):
    """The cash of a branch closed up to and with a company date; later cash is of a later day.

    What it came to is kept with it, and `check_ledger` compares it with the rows ever after.
    """

    branch = branch_column()
    day = models.DateField()
    after_day = models.DateField(null=True)  # the closing before it
    move_count = models.PositiveIntegerField()
    moved_amount = models.DecimalField(max_digits=14, decimal_places=2)  # since `after_day`
    safe_amount = models.DecimalField(max_digits=14, decimal_places=2)  # in the safe at the end
    figures = models.JSONField(default=dict)  # as printed: shifts, methods, the safe
    note = models.TextField(blank=True)
    closed_at = models.DateTimeField()
    closed_by = person_column()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="day_closed_once", fields=["branch", "day"]),
            models.CheckConstraint(
                name="day_close_after_the_last",
                condition=Q(after_day__isnull=True) | Q(day__gt=F("after_day")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch_id} {self.day}"

    @property
    def difference(self) -> Decimal:
        """Return what the counts of the day found too much (negative: too little)."""
        return sum((Decimal(one["difference"]) for one in self.figures["shifts"]), Decimal(0))

    @property
    def shift_figures(self) -> list[dict[str, Any]]:
        """Return the shifts as they were closed, amounts as numbers again."""
        return [
            {
                **one,
                **{key: Decimal(one[key]) for key in _KEPT_AMOUNTS},
                "others": [(label, count, Decimal(sum_)) for label, count, sum_ in one["others"]],
            }
            for one in self.figures["shifts"]
        ]

    @property
    def moved(self) -> list[tuple[str, Decimal]]:
        """Return what moved by kind, in words; what only passed inside the branch is left out."""
        kinds: dict[str, str] = self.figures["kinds"]
        return [
            (str(kind.label), Decimal(kinds[kind.value]))
            for kind in CashMove.Kind
            if Decimal(kinds.get(kind.value, "0"))
        ]

    @property
    def safe_before(self) -> Decimal:
        return Decimal(self.figures["safe_before"])
