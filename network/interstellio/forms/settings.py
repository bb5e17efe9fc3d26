"""What staff type about Interstellio."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.audit.forms import ReasonField
from ispbill.core import clock
from ispbill.core.fields import DayField
from network.interstellio.models import InterstellioSettings
from network.interstellio.rules import spans
from network.interstellio.services import accounts


class SettingsForm(forms.Form):
    """Where and as whom we ask; the password is never shown again."""

    is_on = forms.BooleanField(label=_("Read usage from Interstellio every hour"), required=False)
    domain = forms.CharField(label=_("Domain"), max_length=120, required=False)
    tenant_id = forms.CharField(label=_("Tenant"), max_length=120, required=False)
    username = forms.CharField(label=_("User"), max_length=120, required=False)
    password = forms.CharField(
        label=_("Password"),
        max_length=120,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Leave empty to keep the one that is set."),
    )
    identity_url = forms.URLField(label=_("Address for signing in"), assume_scheme="https")
    subscriber_url = forms.URLField(label=_("Address of subscribers"), assume_scheme="https")
    telemetry_url = forms.URLField(label=_("Address of usage"), assume_scheme="https")
    kilobyte = forms.TypedChoiceField(
        label=_("Bytes in a kilobyte of theirs"),
        choices=[(1000, "1000"), (1024, "1024")],
        coerce=int,
        help_text=_("Compare a month with their own figure: 2.4 percent off means the other one."),
    )
    calls_a_second = forms.IntegerField(
        label=_("Questions a second at most"), min_value=1, max_value=20
    )
    reason = ReasonField()

    def __init__(self, *args: Any, row: InterstellioSettings, **options: Any) -> None:
        options.setdefault("initial", {name: getattr(row, name) for name in accounts.EDITABLE})
        super().__init__(*args, **options)
        self._has_password = bool(row.sealed_password)

    def clean(self) -> dict[str, Any]:
        """Switched on, it needs what it signs in with."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("is_on"):
            for name in ("domain", "username"):
                if not cleaned.get(name):
                    self.add_error(name, _("Needed to sign in."))
            if not cleaned.get("password") and not self._has_password:
                self.add_error("password", _("Needed to sign in."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return the settings that were entered."""
        return {name: self.cleaned_data[name] for name in accounts.EDITABLE}


class AgainForm(forms.Form):
    """From which day on everything is read anew."""

    since = DayField(
        label=_("From"), help_text=_("At most 30 days back: hours are kept no longer.")
    )

    def clean_since(self) -> date:
        """Keep it within what is kept."""
        since: date = self.cleaned_data["since"]
        today = clock.today()
        if not today - spans.BACK_FILL + timedelta(days=1) <= since <= today:
            raise forms.ValidationError(_("Choose a day of the last 30."))
        return since
