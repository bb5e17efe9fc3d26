"""Words given about money owed, and the value the queue is simulated with."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.dunning.services.exclusions import LONGEST_DAYS
from billing.ledger.forms.reasons import OTHER, ReasonForm
from ispbill.core.fields import DayField


class PromiseForm(ReasonForm):
    """The last day of a promise to pay."""

    reasons = (
        ("SALARY", _("Waits for salary")),
        ("TRAVELLING", _("Is travelling")),
        ("PAID_ELSEWHERE", _("Says it is paid; being checked")),
        ("HARDSHIP", _("Hardship")),
        OTHER,
    )
    until = DayField(label=_("Will pay by"))

    def __init__(self, *args: Any, on: date, longest: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = on + timedelta(days=longest)
        self.fields["until"].widget.attrs |= {"min": on.isoformat(), "max": last.isoformat()}
        self.fields["until"].help_text = _("At most %(days)d days ahead.") % {"days": longest}
        self.order_fields(["until", "reason_code", "reason"])


class WithdrawForm(ReasonForm):
    reasons = (("BROKEN", _("The promise was broken")), ("MISTAKE", _("Entered by mistake")), OTHER)


class UntilForm(ReasonForm):
    """The last day customers are left on line, whatever they owe."""

    reasons = (
        ("DISPUTE", _("Bill is disputed")),
        ("FAULT", _("Line does not work; being repaired")),
        ("CHECKING", _("Payment is being checked")),
        ("HARDSHIP", _("Hardship")),
        OTHER,
    )
    ids = forms.CharField(widget=forms.HiddenInput, required=False)
    until = DayField(label=_("Leave on line until"))

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = on + timedelta(days=LONGEST_DAYS)
        self.fields["until"].widget.attrs |= {"min": on.isoformat(), "max": last.isoformat()}
        self.fields["until"].help_text = _("At most %(days)d days ahead.") % {"days": LONGEST_DAYS}


class ExclusionForm(ReasonForm):
    reasons = (
        ("VIP", _("Important customer")),
        ("STAFF", _("Staff or family line")),
        ("PUBLIC", _("Hospital, school or office of the state")),
        ("DISPUTE", _("Bill is disputed")),
        ("OVER", _("The reason to exclude is over")),
        OTHER,
    )


class EndForm(ReasonForm):
    reasons = (
        ("OVER", _("The reason to exclude is over")),
        ("MISTAKE", _("Entered by mistake")),
        OTHER,
    )


class SimulationForm(forms.Form):
    """Other days of grace than the company's own, to see who would be cut off when."""

    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("Will be cut")),
            ("tonight", _("Cut off by the next run")),
            ("off", _("Already off")),
            ("promised", _("Promised")),
            ("kept", _("Kept on")),
        ],
    )
    q = forms.CharField(label=_("Search"), required=False, max_length=80)

    grace = forms.IntegerField(label=_("Days of grace"), required=False, min_value=0, max_value=90)
