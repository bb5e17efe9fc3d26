"""Cash by where it is: in somebody's shift or in the safe of a branch (docs/adr/0023-cash-desk.md).

Every posting to the cash account becomes a `CashMove` by trigger; what passes from hand to hand is
two moves that sum to zero. The figures of a shift are moved by those rows alone.
"""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

_KEPT_AMOUNTS = (
    "float", "taken", "paid_out", "received", "handed", "expected", "counted", "difference",
)  # fmt: skip


def _amount() -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(max_digits=14, decimal_places=2, default=0, db_default=0)


def _person(*, null: bool = False) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=null,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )


def _branch() -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(
        "accounts.Branch", on_delete=models.PROTECT, related_name="+", db_index=False
    )


class Shift(models.Model):
    """The cash one person answers for, from opening it until somebody else has signed the count.

    At most one is open per person. All amounts are in the company's currency; `held_amount` is
    what should lie in the drawer now, `expected_amount` what should have when it was counted.
    """

    class Kind(models.TextChoices):
        DESK = "DESK", _("Cash desk")
        ROUND = "ROUND", _("Collector's round")

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        COUNTED = "COUNTED", _("Counted, not signed")
        CLOSED = "CLOSED", _("Closed")

    number = models.CharField(max_length=20)  # SH-2026-00001
    person = _person()
    branch = _branch()
    kind = models.CharField(max_length=5, choices=Kind.choices)
    state = models.CharField(max_length=7, choices=State.choices, default=State.OPEN)
    opened_on = models.DateField()  # the branch's open cash day then
    opened_at = models.DateTimeField()
    opened_itself = models.BooleanField(default=False)  # with the first cash, not by hand
    held_amount = _amount()
    float_amount = _amount()
    taken_amount = _amount()
    paid_out_amount = _amount()
    received_amount = _amount()  # from other shifts
    handed_amount = _amount()  # to other shifts
    difference_amount = _amount()  # found when it was counted; negative: money is missing
    returned_amount = _amount()  # into the safe, at the end
    counted_on = models.DateField(null=True)  # company date
    counted_at = models.DateTimeField(null=True)
    counted_by = _person(null=True)
    counted_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    expected_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    difference_reason = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = _person(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="shift_number_once", fields=["number"]),
            models.UniqueConstraint(
                name="shift_one_open_per_person", fields=["person"], condition=Q(state="OPEN")
            ),
            models.CheckConstraint(
                name="shift_holds_what_moved",
                condition=Q(
                    held_amount=F("float_amount")
                    + F("taken_amount")
                    - F("paid_out_amount")
                    + F("received_amount")
                    - F("handed_amount")
                    + F("difference_amount")
                    - F("returned_amount")
                ),
            ),
            models.CheckConstraint(
                name="shift_holds_no_less_than_nothing", condition=Q(held_amount__gte=0)
            ),
            models.CheckConstraint(
                name="shift_counted_unless_open",
                condition=Q(
                    state="OPEN",
                    counted_at__isnull=True,
                    counted_by__isnull=True,
                    counted_on__isnull=True,
                    counted_amount__isnull=True,
                    expected_amount__isnull=True,
                )
                | Q(
                    state__in=["COUNTED", "CLOSED"],
                    counted_at__isnull=False,
                    counted_by__isnull=False,
                    counted_on__isnull=False,
                    counted_amount__gte=0,
                    expected_amount__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="shift_signed_when_closed",
                condition=Q(state="CLOSED", signed_at__isnull=False, signed_by__isnull=False)
                | Q(state__in=["OPEN", "COUNTED"], signed_at__isnull=True, signed_by__isnull=True),
            ),
            models.CheckConstraint(
                name="shift_signed_by_another",
                condition=Q(signed_by__isnull=True)
                | (~Q(signed_by=F("person")) & ~Q(signed_by=F("counted_by"))),
            ),
            models.CheckConstraint(
                name="shift_difference_has_reason",
                condition=Q(counted_amount__isnull=True)
                | Q(counted_amount=F("expected_amount"))
                | ~Q(difference_reason=""),
            ),
            models.CheckConstraint(
                name="shift_closed_is_settled",
                condition=~Q(state="CLOSED")
                | Q(
                    held_amount=0,
                    returned_amount=F("counted_amount"),
                    difference_amount=F("counted_amount") - F("expected_amount"),
                ),
            ),
        ]
        indexes = [
            models.Index(name="shift_branch_day", fields=["branch", "opened_on"]),
            models.Index(name="shift_not_closed", fields=["branch"], condition=~Q(state="CLOSED")),
            models.Index(name="shift_person", fields=["person", "-id"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def found_difference(self) -> Decimal:
        """Return what the count found too much (or, negative, too little), booked or not yet."""
        if self.counted_amount is None or self.expected_amount is None:
            return Decimal(0)
        return self.counted_amount - self.expected_amount


class Handover(models.Model):
    """Cash that passes from one shift to another; both people sign, and it is never changed."""

    class State(models.TextChoices):
        OFFERED = "OFFERED", _("Waiting to be counted")
        ACCEPTED = "ACCEPTED", _("Accepted")
        REFUSED = "REFUSED", _("Refused")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")

    from_shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="handed_over")
    to_person = _person()
    to_shift = models.ForeignKey(
        Shift, null=True, on_delete=models.PROTECT, related_name="received_from"
    )
    state = models.CharField(max_length=9, choices=State.choices, default=State.OFFERED)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    counted_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    note = models.CharField(max_length=200, blank=True)
    offered_at = models.DateTimeField()
    offered_by = _person()
    decided_at = models.DateTimeField(null=True)
    decided_by = _person(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="handover_one_waiting", fields=["from_shift"], condition=Q(state="OFFERED")
            ),
            models.CheckConstraint(name="handover_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="handover_decided_once",
                condition=Q(state="OFFERED", decided_at__isnull=True, decided_by__isnull=True)
                | Q(
                    state__in=["ACCEPTED", "REFUSED", "WITHDRAWN"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="handover_accepted_as_counted",
                condition=Q(state="ACCEPTED", to_shift__isnull=False, counted_amount=F("amount"))
                | (~Q(state="ACCEPTED") & Q(to_shift__isnull=True)),
            ),
            models.CheckConstraint(
                name="handover_signed_by_two",
                condition=~Q(state="ACCEPTED") | ~Q(decided_by=F("offered_by")),
            ),
            models.CheckConstraint(
                name="handover_between_two_shifts",
                condition=Q(to_shift__isnull=True) | ~Q(to_shift=F("from_shift")),
            ),
        ]
        indexes = [
            models.Index(
                name="handover_waiting", fields=["to_person"], condition=Q(state="OFFERED")
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} from {self.from_shift_id}"


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
    branch = _branch()  # where the cash is
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
    counted_by = _person()

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

    branch = _branch()
    way = models.CharField(max_length=9, choices=Way.choices)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    slip_number = models.CharField(max_length=60)
    idempotency_key = models.CharField(max_length=64)
    moved_on = models.DateField()  # company date
    moved_at = models.DateTimeField()
    moved_by = _person()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="cash_banking_once_per_key", fields=["idempotency_key"]),
            models.CheckConstraint(name="cash_banking_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="cash_banking_has_slip", condition=~Q(slip_number="")),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.slip_number}"


class DayClose(models.Model):
    """The cash of a branch closed up to and with a company date; later cash is of a later day.

    What it came to is kept with it, and `check_ledger` compares it with the rows ever after.
    """

    branch = _branch()
    day = models.DateField()
    after_day = models.DateField(null=True)  # the closing before it
    move_count = models.PositiveIntegerField()
    moved_amount = models.DecimalField(max_digits=14, decimal_places=2)  # since `after_day`
    safe_amount = models.DecimalField(max_digits=14, decimal_places=2)  # in the safe at the end
    figures = models.JSONField(default=dict)  # as printed: shifts, methods, the safe
    note = models.TextField(blank=True)
    closed_at = models.DateTimeField()
    closed_by = _person()

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
