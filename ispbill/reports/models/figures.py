"""Revenue figures by day and by month, one narrow row per branch, area, package and reseller.

Written by `reports.services.figures` alone and never by hand; each can be removed and made anew.
Amounts are in the company's currency. Ids are plain numbers, 0 where there is none. A package's
column of money is the package of the customer's first service; of billed lines, of their own.
"""

from typing import Any

from django.db import models


def _amount(**options: Any) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(max_digits=14, decimal_places=2, default=0, **options)


class Cell(models.Model):
    """Where a figure belongs: plain numbers, so history neither blocks live rows nor goes."""

    branch_id = models.IntegerField()
    area_id = models.IntegerField()
    package_id = models.IntegerField()
    reseller_id = models.IntegerField()

    class Meta:
        abstract = True


class Flows(Cell):
    """What happened in a span of days.

    Recurring revenue at the end = at the start + new + expansion + returned + resumed
    − contraction − churned − paused + moved, in every cell; `moved` sums to zero over all cells.
    """

    services_change = models.IntegerField(default=0)
    customers_change = models.IntegerField(default=0)
    new_amount, new_count = _amount(), models.IntegerField(default=0)
    expansion_amount, expansion_count = _amount(), models.IntegerField(default=0)
    contraction_amount, contraction_count = _amount(), models.IntegerField(default=0)
    returned_amount, returned_count = _amount(), models.IntegerField(default=0)
    resumed_amount, resumed_count = _amount(), models.IntegerField(default=0)
    churned_amount, churned_count = _amount(), models.IntegerField(default=0)
    paused_amount, paused_count = _amount(), models.IntegerField(default=0)
    moved_amount, moved_count = _amount(), models.IntegerField(default=0)
    added_count = models.IntegerField(default=0)  # services activated for the first time
    cancelled_count = models.IntegerField(default=0)  # activated services that ended
    billed_net_amount = _amount()
    billed_tax_amount = _amount()
    collected_amount = _amount()  # payments booked
    returned_money_amount = _amount()  # payments reversed or refunded
    credited_amount = _amount()
    written_off_amount = _amount()
    other_amount = _amount()  # what else moved receivables: opening balances, deposits applied

    class Meta:
        abstract = True


class DayFigure(Flows):
    """The flows of one company date. Days and cells on which nothing happened have no row."""

    pk = models.CompositePrimaryKey("day", "branch_id", "area_id", "package_id", "reseller_id")
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.day}"


class MonthFigure(Flows):
    """The flows of a month, and what stood at its end; of the present month, up to now."""

    pk = models.CompositePrimaryKey("month", "branch_id", "area_id", "package_id", "reseller_id")
    month = models.DateField()  # its first day
    services = models.IntegerField(default=0)
    customers = models.IntegerField(default=0)
    paused_services = models.IntegerField(default=0)
    monthly_amount = _amount()  # recurring revenue at the end
    # What was owed at the end, by days since it was due.
    not_due_amount = _amount()
    due_30_amount = _amount()  # 1 to 30 days past the due date
    due_60_amount = _amount()  # 31 to 60
    due_90_amount = _amount()  # 61 to 90
    due_older_amount = _amount()
    # Of the bills due in the month, as they stood at its end (`services.dues`).
    due_amount = _amount()
    due_paid_amount = _amount()

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class CollectionFigure(Cell):
    """How much of a month's bills was paid in which month: what the cash forecast learns from."""

    pk = models.CompositePrimaryKey(
        "billed_month", "paid_month", "branch_id", "area_id", "package_id", "reseller_id"
    )
    billed_month = models.DateField()
    paid_month = models.DateField()
    amount = _amount()

    def __str__(self) -> str:
        return f"{self.billed_month:%Y-%m} paid {self.paid_month:%Y-%m}"


class CohortFigure(Cell):
    """Of the customers who began in a month (where they began): who is left at a month's end."""

    pk = models.CompositePrimaryKey(
        "cohort", "month", "branch_id", "area_id", "package_id", "reseller_id"
    )
    cohort = models.DateField()
    month = models.DateField()
    began = models.IntegerField(default=0)
    customers = models.IntegerField(default=0)
    monthly_amount = _amount()

    def __str__(self) -> str:
        return f"{self.cohort:%Y-%m} at {self.month:%Y-%m}"


class ForecastFigure(Cell):
    """What the billing plan will bill in a month that is not over, as of the last building."""

    pk = models.CompositePrimaryKey(
        "month", "branch_id", "area_id", "package_id", "reseller_id", "tax_rate"
    )
    month = models.DateField()
    tax_rate = models.DecimalField(max_digits=6, decimal_places=5)  # of the package, or 0
    net_amount = _amount()
    tax_amount = _amount()
    periods = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
