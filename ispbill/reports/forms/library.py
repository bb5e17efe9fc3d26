"""What a report of the library is of, and who gets it again and again."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.accounts.models import Branch, User
from ispbill.reports.forms.period import RevenueFilter
from ispbill.reports.models import ReportSchedule
from ispbill.reports.queries import library
from ispbill.reports.services import schedules


class PeriodFilter(RevenueFilter):
    """The days alone: branches stand side by side."""

    def __init__(self, data: Any, *, own_branch: int | None = None) -> None:
        super().__init__(data, own_branch=own_branch)
        for name in ("branch", "area", "package", "reseller"):
            self.fields.pop(name, None)


class ScheduleForm(forms.Form):
    """Which report, how often, of what, to whom."""

    report = forms.ChoiceField(label=_("Report"))
    every = forms.ChoiceField(
        label=_("How often"),
        choices=ReportSchedule.Every.choices,
        initial=ReportSchedule.Every.MONTH,
        help_text=_("Of the week or month before, as a workbook."),
    )
    branch = forms.ModelChoiceField(
        label=_("Branch"),
        required=False,
        queryset=Branch.objects.none(),
        empty_label=_("All that the reader may see"),
    )
    people = forms.ModelMultipleChoiceField(
        label=_("Readers"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Each gets what they may see on that day. The e-mail holds a link, no figures."
        ),
    )

    def __init__(self, *args: Any, user: User, own_branch: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        report: Any = self.fields["report"]
        report.choices = [(kind.key, kind.name) for kind in library.KINDS.values()]
        branches = Branch.objects.order_by("name")
        branch: Any = self.fields["branch"]
        if own_branch is not None:
            branches = branches.filter(pk=own_branch)
        branch.queryset = branches
        people: Any = self.fields["people"]
        known = [one.pk for one in schedules.readers()]
        people.queryset = User.objects.filter(pk__in=known).order_by("name", "pk")
        people.label_from_instance = lambda one: f"{one.name} ({one.get_role_display()})"
        people.initial = [user.pk]
