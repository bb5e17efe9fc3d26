"""What the owner types about a provider of messages; secrets go in and are never shown again."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ispbill.core.fields import PhoneField
from ispbill.notifications.models import MessageProvider
from ispbill.notifications.services import provider_accounts

_PREFIX = "credential_"


class ProviderForm(forms.Form):
    """Our account with one provider: where it is, and what opens it."""

    base_url = forms.CharField(
        label=_("Address"),
        max_length=200,
        help_text=_("Change it only when the provider has given you another one."),
    )

    def __init__(
        self, *args: Any, kind: str, account: MessageProvider | None = None, **options: Any
    ) -> None:
        usual = provider_accounts.usual_address(kind)
        options.setdefault("initial", {"base_url": account.base_url if account else usual})
        super().__init__(*args, **options)
        shown = provider_accounts.readable(account, secret=False)
        for wanted in provider_accounts.credentials_wanted(kind):
            is_kept = account is not None and wanted.is_secret
            self.fields[f"{_PREFIX}{wanted.name}"] = forms.CharField(
                label=gettext(wanted.label),
                max_length=500,
                required=not is_kept,
                initial=shown.get(wanted.name, ""),
                widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
                if wanted.is_secret
                else forms.TextInput(attrs={"autocomplete": "off"}),
                help_text=gettext("Kept, and never shown. Leave empty to keep it.")
                if is_kept
                else "",
            )

    def credentials(self) -> dict[str, str]:
        """Return what was typed of the credentials."""
        return {
            name.removeprefix(_PREFIX): value
            for name, value in self.cleaned_data.items()
            if name.startswith(_PREFIX)
        }


def secrets(account: MessageProvider) -> dict[str, str]:
    """Return what tells each kept secret from the next, by the field it is typed into."""
    marks = provider_accounts.readable(account, secret=True)
    return {f"{_PREFIX}{name}": mark for name, mark in marks.items()}


class TrialForm(forms.Form):
    """Where a test message goes."""

    phone = PhoneField(label=_("Phone number"), max_length=20)
