"""What staff type about mails and mailboxes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from ispbill.audit.forms import ReasonForm
from tickets.models import Category, Mailbox

_USUAL_PORT = 993


class MailboxForm(forms.Form):
    """A mailbox customers write to."""

    address = forms.EmailField(
        label=_("E-mail address"), help_text=_("What customers write to; answers go back to it.")
    )
    host = forms.CharField(label=_("IMAP server"), max_length=200)
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=_USUAL_PORT)
    security = forms.ChoiceField(label=_("Encryption"), choices=Mailbox.Security.choices)
    username = forms.CharField(label=_("User name"), max_length=200)
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty: it stays as it is. It is never shown again."),
    )
    folder = forms.CharField(label=_("Folder"), max_length=100, initial="INBOX")
    category = forms.ModelChoiceField(
        label=_("Its tickets are about"), queryset=Category.objects.none()
    )
    is_active = forms.BooleanField(label=_("Read it every minute"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = Category.objects.filter(is_active=True).order_by("position", "name")
        self.fields["category"].queryset = known  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what was typed, without the password."""
        return {name: value for name, value in self.cleaned_data.items() if name != "password"}


class AnswerForm(forms.Form):
    """What somebody who is no customer is answered."""

    keeps_draft = True
    text = forms.CharField(
        label=_("Answer"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 8})
    )


class TakeForm(ReasonForm):
    """Whose mail it is, and how one knows."""

    number = forms.CharField(label=_("Customer number"), max_length=20)
    field_order = ("number", "reason")

    def __init__(self, *args: Any, customers: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._customers = customers

    def clean_number(self) -> Customer:
        number = self.cleaned_data["number"].strip().upper()
        customer: Customer | None = self._customers.filter(number=number).first()
        if customer is None:
            raise forms.ValidationError(_("There is no customer with this number."))
        return customer
