"""What narrows the books, a new account, and what a closing is asked for."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.ledger.models import Account
from ispbill.accounts.models import Branch
from ispbill.core.fields import DayField


class SpanForm(forms.Form):
    """Days and branch; what makes no sense is left out rather than refused."""

    start = DayField(label=_("From"), required=False)
    end = DayField(label=_("To"), required=False)
    branch = forms.TypedChoiceField(label=_("Branch"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branches = Branch.objects.order_by("name").values_list("pk", "name")
        self.fields["branch"].choices = [("", _("All branches")), *branches]  # type: ignore[attr-defined]

    def read(self) -> dict[str, Any]:
        """Return what could be read."""
        self.is_valid()
        return dict(self.cleaned_data)

    def span(self, *, today: date, days: int) -> tuple[date, date]:
        """Return the days asked for, or the last `days` days."""
        read = self.read()
        end: date = read.get("end") or today
        start: date = read.get("start") or end - timedelta(days=days - 1)
        return min(start, end), end

    @property
    def chosen_branch(self) -> int | None:
        branch: int | None = self.read().get("branch")
        return branch


class JournalForm(SpanForm):
    account = forms.TypedChoiceField(
        label=_("Account"), required=False, coerce=int, empty_value=None
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    customer = forms.CharField(label=_("Customer number"), required=False, max_length=20)

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = [(one.code, str(one)) for one in Account.objects.order_by("code")]
        self.fields["account"].choices = [("", _("Any")), *accounts]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("Any")), *kinds]  # type: ignore[attr-defined]


class AccountForm(forms.Form):
    code = forms.IntegerField(
        label=_("Code"),
        min_value=1000,
        max_value=9999,
        help_text=_("Four digits: assets 1…, liabilities 2…, equity 3…, income 4…, expenses 5–9…"),
    )
    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=Account.Kind.choices)


class CloseForm(forms.Form):
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What whoever looks at this month later should know."),
    )
