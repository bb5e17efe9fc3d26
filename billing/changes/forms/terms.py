"""Another billing day or cycle, and plans that are dropped."""

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.ledger.forms.reasons import OTHER, ReasonForm
from customers.models import Cycle


class TermsForm(ReasonForm):
    reasons = (
        ("SALARY", _("Customer is paid on another day")),
        ("CYCLE", _("Customer wants longer or shorter periods")),
        OTHER,
    )
    cycle = forms.ChoiceField(label=_("Billing cycle"), choices=Cycle.choices)
    billing_day = forms.IntegerField(
        label=_("Billing day"),
        min_value=1,
        max_value=31,
        help_text=_("29 to 31: that day, or the last day of shorter months."),
    )
    fingerprint = forms.CharField(widget=forms.HiddenInput, required=False, max_length=400)


class WithdrawForm(ReasonForm):
    reasons = (
        ("CHANGED", _("Customer has changed their mind")),
        ("MISTAKE", _("Planned by mistake")),
        OTHER,
    )
