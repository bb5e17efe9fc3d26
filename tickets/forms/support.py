"""How customers are asked, and who hears how promises were kept."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from ispbill.accounts.capabilities import CAPABILITIES
from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonField


class SupportForm(forms.Form):
    """The one row of settings."""

    asks_opinions = forms.BooleanField(
        label=_("Ask customers whether they would recommend us"), required=False
    )
    opinion_months = forms.IntegerField(label=_("Every so many months"), min_value=1, max_value=24)
    opinions_a_day = forms.IntegerField(
        label=_("At most so many a day"),
        min_value=1,
        max_value=100_000,
        help_text=_("So that the customers are spread over the months."),
    )
    low_opinions_wait = forms.BooleanField(
        label=_("Who gives 6 or less waits in the inbox"), required=False
    )
    survey_anonymous = forms.BooleanField(
        label=_("Keep answers without the customer's name"),
        required=False,
        help_text=_("For questions asked from now on. Nobody can look into a single ticket then."),
    )
    least_percent = forms.IntegerField(
        label=_("Warn below so many percent of promises kept in a month"),
        required=False,
        min_value=1,
        max_value=100,
        help_text=_("Empty: nobody is warned."),
    )
    report_to = forms.CharField(
        label=_("Send the month's report on promises to"),
        required=False,
        max_length=500,
        help_text=_("E-mail addresses of staff who see reports, by commas. On the 1st."),
    )
    reason = ReasonField()

    def clean_report_to(self) -> str:
        given = [one.strip() for one in self.cleaned_data["report_to"].split(",") if one.strip()]
        known = User.objects.filter(is_active=True, role__in=CAPABILITIES["reports.view"])
        emails = {one.lower() for one in known.values_list("email", flat=True)}
        for one in given:
            validate_email(one)
            if one.lower() not in emails:
                said = _("%(email)s belongs to nobody of the staff who sees reports.")
                raise ValidationError(said % {"email": one})
        return ", ".join(dict.fromkeys(given))

    def values(self) -> dict[str, Any]:
        """Return the settings as they shall be."""
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}
