"""Forms about the choices of debit orders, and the service keys."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.ledger.forms.amounts import AmountField
from ispbill.audit.forms import ReasonField
from payments.bank.models import BankAccount
from payments.debits.models import DebitSettings


class Choices(forms.Form):
    """The company's choices about debit orders."""

    is_on = forms.BooleanField(label=gettext_lazy("Collect by debit order"), required=False)
    instruction = forms.ChoiceField(
        label=gettext_lazy("Service"), choices=DebitSettings.Instruction.choices
    )
    authorises_itself = forms.BooleanField(
        label=gettext_lazy("Authorise batches by itself"),
        required=False,
        help_text=gettext_lazy("NetCash must have allowed it; otherwise do it in their portal."),
    )
    line_limit = AmountField(
        label=gettext_lazy("Most in one debit"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("NetCash's limit for you. Empty: none known."),
    )
    batch_limit = AmountField(
        label=gettext_lazy("Most in one batch"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("What is due above it goes into another batch."),
    )
    most_failures = forms.IntegerField(
        label=gettext_lazy("Failed debits in a row that stop a mandate"), min_value=1, max_value=20
    )
    bank_account = forms.ModelChoiceField(
        label=gettext_lazy("Bank account NetCash pays out to"),
        required=False,
        queryset=BankAccount.objects.filter(
            archived_at=None, method=BankAccount.Method.EFT
        ).order_by("name"),
        empty_label=gettext_lazy("The only one there is"),
        help_text=gettext_lazy("Its transfers are booked there and matched with the statement."),
    )


class Keys(forms.Form):
    """Service keys: typed in, never shown again."""

    base_url = forms.CharField(label=gettext_lazy("Address"), max_length=200)
    account = forms.CharField(label=gettext_lazy("Account service key"), required=False)
    debit_order = forms.CharField(label=gettext_lazy("Debit order service key"), required=False)
    validation = forms.CharField(label=gettext_lazy("Bank account validation key"), required=False)
    vendor = forms.CharField(
        label=gettext_lazy("Software vendor key"),
        required=False,
        help_text=gettext_lazy("Empty: the public one of NetCash."),
    )
    reason = ReasonField()

    def __init__(self, *args: Any, saved: dict[str, bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not any(saved.values()):
            del self.fields["reason"]
        for name in ("account", "debit_order", "validation", "vendor"):
            field = self.fields[name]
            field.max_length = 40  # type: ignore[attr-defined]
            field.widget = forms.PasswordInput(attrs={"autocomplete": "off"})
            if saved.get(name):
                field.help_text = _("Saved. Leave it empty to keep it.")

    def clean_base_url(self) -> str:
        """Return an address that is encrypted, or on this machine."""
        address: str = self.cleaned_data["base_url"].strip().rstrip("/")
        if not re.match(r"https://[^/\s]+$|http://127\.0\.0\.1:[0-9]+$", address):
            raise forms.ValidationError(_("The address begins with https:// and has no path."))
        return address
