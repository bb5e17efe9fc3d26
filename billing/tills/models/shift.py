"""A person's cash (docs/adr/0023-cash-desk.md); its figures are moved by `CashMove` rows alone."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def _amount() -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(max_digits=14, decimal_places=2, default=0, db_default=0)


def person_column(*, null: bool = False) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=null,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )


def branch_column() -> "models.ForeignKey[Any, Any]":
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
    person = person_column()
    branch = branch_column()
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
    counted_by = person_column(null=True)
    counted_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    expected_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    difference_reason = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = person_column(null=True)

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
