"""What somebody shows who proves anew who they are."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ispbill.accounts.services.step_up import Ways

PREFIX = "step_up"  # no form that is posted again has fields that begin so


class Proof(forms.Form):
    """Password or code: one of them, as far as the person has them."""

    step_up_password = forms.CharField(
        label=gettext_lazy("Present password"),
        required=False,
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    step_up_code = forms.CharField(
        label=gettext_lazy("Code"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, ways: Ways, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ways.password:
            del self.fields["step_up_password"]
        if ways.app and ways.password:
            self.fields["step_up_code"].label = _("Or a code of your authenticator app")
        elif ways.password:
            del self.fields["step_up_code"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not any(given.values()) and not self.errors:
            name, field = next(iter(self.fields.items()))
            self.add_error(name, field.error_messages["required"])
        return given
