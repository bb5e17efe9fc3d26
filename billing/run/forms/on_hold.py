"""What becomes of a service that was left out of billing."""

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.ledger.forms.reasons import OTHER, ReasonForm
from ispbill.core.fields import DayField


class ReleaseForm(ReasonForm):
    reasons = (
        ("LATE_IMPORT", _("Came late from another system")),
        ("LATE_BILLING", _("Billing had stopped for a while")),
        OTHER,
    )
    periods = forms.IntegerField(
        label=_("Periods at most"),
        min_value=1,
        max_value=240,
        help_text=_("More than this are put on hold again."),
    )


class SkipForm(ReasonForm):
    reasons = (
        ("NOT_IN_USE", _("Service was never used")),
        ("BILLED_ELSEWHERE", _("Billed in another system")),
        OTHER,
    )
    until = DayField(label=_("Bill from this day on"))
