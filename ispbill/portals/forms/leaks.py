"""Until when a finding is accepted, and why."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.audit.services.trail import MIN_REASON_CHARACTERS


class AcceptForm(forms.Form):
    until = forms.DateField(
        label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("This day included, a year ahead at most; then it is shown again."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("At least ten characters; it is kept in the audit log."),
    )  # fmt: skip

    def clean_reason(self) -> str:
        text = str(self.cleaned_data["reason"]).strip()
        if len("".join(text.split())) < MIN_REASON_CHARACTERS:
            raise forms.ValidationError(_("Please say it in at least ten characters."))
        return text
