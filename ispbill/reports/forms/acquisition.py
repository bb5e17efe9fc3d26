"""What winning customers cost a branch in a month."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ispbill.accounts.models import Branch
from ispbill.core import formats
from ispbill.core.fields import MoneyField
from ispbill.reports.rules.months import first_of

MONTHS = 13  # one can enter: this one and a year back


class CostForm(forms.Form):
    """A month, a branch, what was spent."""

    month = forms.ChoiceField(label=_("Month"))
    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none())
    amount = MoneyField(label=_("Amount"))
    note = forms.CharField(
        label=_("What for"),
        max_length=200,
        required=False,
        help_text=_("Posters, fairs, canvassing. It replaces what was entered before."),
    )

    def __init__(self, *args: Any, on: date, own_branch: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        month, months = first_of(on), []
        for _step in range(MONTHS):
            months.append((month.isoformat(), formats.month(month, get_language() or "en")))
            month = first_of(date.fromordinal(month.toordinal() - 1))
        chosen: Any = self.fields["month"]
        chosen.choices = months
        branches = Branch.objects.order_by("name")
        branch: Any = self.fields["branch"]
        branch.queryset = branches if own_branch is None else branches.filter(pk=own_branch)
        if branch.queryset.count() == 1:
            branch.initial = branch.queryset.get().pk

    def clean_month(self) -> date:
        return date.fromisoformat(self.cleaned_data["month"])
