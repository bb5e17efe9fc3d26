"""What a report is of: its days, its part of the company, and the days it is compared with."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Area, Package
from ispbill.accounts.models import Branch
from ispbill.core.fields import DayField
from ispbill.reports.queries.scope import Scope
from ispbill.reports.rules.months import first_of, last_of
from resellers.models import Reseller

PRESETS = [
    ("12", _("Last 12 months")),
    ("3", _("Last 3 months")),
    ("this", _("This month")),
    ("last", _("Last month")),
    ("year", _("This year")),
    ("own", _("Own dates")),
]
DEFAULT = "12"


@dataclass(frozen=True)
class Chosen:
    """The days `since` to `until` (both in it) of a part of the company, and those before them."""

    since: date
    until: date
    scope: Scope
    period: str = DEFAULT

    @property
    def before(self) -> tuple[date, date]:
        """Return the days to compare with: whole months with whole months, else as many days."""
        if self.since.day == 1:
            count = (self.until.year - self.since.year) * 12 + self.until.month - self.since.month
            since = months_back(self.since, count + 1)
            if self.until == last_of(self.until):
                return since, self.since - timedelta(days=1)
            end = months_back(first_of(self.until), count + 1)
            return since, min(end + timedelta(days=self.until.day - 1), last_of(end))
        length = self.until - self.since
        return self.since - length - timedelta(days=1), self.since - timedelta(days=1)


class RevenueFilter(forms.Form):
    """The reports' filters. A value that makes no sense is left out rather than refused."""

    period = forms.ChoiceField(label=_("Period"), required=False, choices=PRESETS)
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)
    branch = forms.TypedChoiceField(label=_("Branch"), required=False, coerce=int, empty_value=None)
    area = forms.TypedChoiceField(label=_("Area"), required=False, coerce=int, empty_value=None)
    package = forms.TypedChoiceField(
        label=_("Package"), required=False, coerce=int, empty_value=None
    )
    reseller = forms.TypedChoiceField(
        label=_("Reseller"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, data: Any, *, own_branch: int | None = None) -> None:
        super().__init__(data)
        self.own_branch = own_branch
        areas, resellers = Area.objects.order_by("path", "name"), Reseller.objects.order_by("name")
        if own_branch is not None:
            areas, resellers = (
                areas.filter(branch_id=own_branch),
                resellers.filter(branch_id=own_branch),
            )
            del self.fields["branch"]
        else:
            self._offer("branch", Branch.objects.order_by("name").values_list("pk", "name"))
        self._paths = dict(areas.values_list("pk", "path"))
        self._offer("area", sorted(areas.values_list("pk", "name"), key=lambda pair: pair[1]))
        self._offer("package", Package.objects.order_by("name").values_list("pk", "name"))
        self._offer("reseller", [(0, _("Without reseller")), *resellers.values_list("pk", "name")])

    def _offer(self, name: str, choices: Any) -> None:
        self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]

    def chosen(self, *, built_until: date, first: date) -> Chosen:
        """Return what was asked for, within the days there are figures of."""
        self.is_valid()
        read: dict[str, Any] = self.cleaned_data
        period = read.get("period") or (
            "own" if read.get("since") or read.get("until") else DEFAULT
        )
        since, until = days_in(period, read, built_until, first)
        until = min(until, built_until)
        area = read.get("area")
        scope = Scope(
            branch_id=self.own_branch if self.own_branch is not None else read.get("branch"),
            area_ids=None if area is None else self._within(area),
            package_id=read.get("package"),
            reseller_id=read.get("reseller"),
        )
        return Chosen(max(min(since, until), first), until, scope, period)

    def _within(self, area: int) -> tuple[int, ...]:
        """Return the area and those that lie in it."""
        return tuple(
            number for number, path in self._paths.items() if number == area or f"/{area}/" in path
        )


def days_in(period: str, read: dict[str, Any], built: date, first: date) -> tuple[date, date]:
    if period == "own":
        since, until = read.get("since") or first, read.get("until") or built
        return max(since, first), max(until, first)
    if period == "this":
        return first_of(built), built
    if period == "last":
        return months_back(built, 1), first_of(built) - timedelta(days=1)
    if period == "year":
        return date(built.year, 1, 1), built
    return months_back(built, 11 if period == "12" else 2), built


def months_back(day: date, count: int) -> date:
    """Return the first of the month that many months before the day's."""
    index = day.year * 12 + day.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)
