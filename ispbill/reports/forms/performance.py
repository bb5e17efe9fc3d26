"""Which days, and which branch, a comparison of staff is of."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.accounts.models import Branch
from ispbill.core.fields import DayField
from ispbill.reports.forms.period import days_in

PRESETS = [
    ("this", _("This month")),
    ("last", _("Last month")),
    ("3", _("Last 3 months")),
    ("year", _("This year")),
    ("own", _("Own dates")),
]


@dataclass(frozen=True)
class Span:
    """Company days, both in it, and the branch whose work counts (None: all)."""

    since: date
    until: date
    branch_id: int | None
    period: str


class PerformanceFilter(forms.Form):
    """A value that makes no sense is left out rather than refused."""

    period = forms.ChoiceField(label=_("Period"), required=False, choices=PRESETS)
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)
    branch = forms.TypedChoiceField(label=_("Branch"), required=False, coerce=int, empty_value=None)

    def __init__(self, data: Any, *, own_branch: int | None) -> None:
        super().__init__(data)
        self.own_branch = own_branch
        if own_branch is not None:
            del self.fields["branch"]
            return
        branches = Branch.objects.order_by("name").values_list("pk", "name")
        self.fields["branch"].choices = [("", _("All")), *branches]  # type: ignore[attr-defined]

    def span(self, *, on: date) -> Span:
        """Return what was asked for, up to today."""
        self.is_valid()
        read: dict[str, Any] = self.cleaned_data
        period = read.get("period") or ("own" if read.get("since") or read.get("until") else "this")
        since, until = days_in(period, read, on, date(2000, 1, 1))
        if period == "own":
            since = read.get("since") or until.replace(day=1)
        until = min(until, on)
        branch = self.own_branch if self.own_branch is not None else read.get("branch")
        return Span(min(since, until), until, branch, period)
