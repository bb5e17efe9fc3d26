"""What people type to be let in."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SignIn(forms.Form):
    login = forms.CharField(
        label=_("E-mail or phone"),
        max_length=120,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CustomerSignIn(SignIn):
    """A customer may ask for a code instead: `action` is "password" or "code"."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["login"].label = _("Phone, customer number or e-mail")
        self.fields["password"].required = not self.wants_code

    @property
    def wants_code(self) -> bool:
        """Tell whether the button "Send me a code" was pressed."""
        return self.is_bound and self.data.get("action") == "code"


class Code(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
    )


class NewPassword(forms.Form):
    password = forms.CharField(
        label=_("New password"),
        min_length=10,
        max_length=128,
        strip=False,
        help_text=_("At least ten characters. A short sentence is easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class ChangePassword(NewPassword):
    """The new password, behind the present one (not asked of people who came with a code or
    link)."""

    current = forms.CharField(
        label=_("Present password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("current", "password")

    def __init__(self, *args: object, asks_current: bool = True, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not asks_current:
            del self.fields["current"]
