"""What a billing run shall bill."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.run.services.run_requests import Wanted
from customers.models import Subscription
from ispbill.accounts.models import Branch
from ispbill.core.fields import DayField

USUAL_DAYS = (1, 5, 25, 30)


class ScopeForm(forms.Form):
    """The business date of a run, and what it is limited to."""

    date = DayField(
        label=_("Billing date"),
        help_text=_("Bills every period that starts within the lead time after this day."),
    )
    bill_day = forms.TypedChoiceField(
        label=_("Bill day"), required=False, coerce=int, empty_value=None
    )
    branch = forms.TypedChoiceField(label=_("Branch"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = (
            Subscription.objects.exclude(billing_day__in=USUAL_DAYS)
            .order_by("billing_day")
            .values_list("billing_day", flat=True)
            .distinct()
        )
        days = sorted({*USUAL_DAYS, *others})
        self.fields["bill_day"].choices = [  # type: ignore[attr-defined]
            ("", _("All days")),
            *((day, str(day)) for day in days),
        ]
        branches = Branch.objects.filter(archived_at__isnull=True).order_by("name")
        self.fields["branch"].choices = [  # type: ignore[attr-defined]
            ("", _("All branches")),
            *branches.values_list("pk", "name"),
        ]

    def wanted(self) -> Wanted:
        """Return the scope of a valid form."""
        read = self.cleaned_data
        return Wanted(on=read["date"], bill_day=read["bill_day"], branch_id=read["branch"])


class ConfirmForm(ScopeForm):
    """The scope that was previewed, and the key that lets it be ordered only once."""

    key = forms.UUIDField()


class ChosenForm(forms.Form):
    """The customers whose due periods were shown, and the key that orders them only once."""

    ids = forms.CharField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)
