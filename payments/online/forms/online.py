"""Forms of customers who pay online: finding the account, choosing how much and where."""

import re
from collections.abc import Sequence
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.allocation.rules.limits import SMALLEST_ONLINE
from ispbill.audit.forms import ReasonForm
from ispbill.core.fields import LastDigitsField, NumberField
from payments.online.models import GatewayAccount, PaymentAttempt
from payments.online.queries import online


def suggested(text: str) -> Decimal | None:
    """Read an amount from an address somebody clicked: digits and a point, nothing else.

    Less than a gateway takes is rounded up to its least; the rest becomes credit.
    """
    is_amount = re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", text, re.ASCII)
    return max(Decimal(text), SMALLEST_ONLINE) if is_amount else None


class Find(forms.Form):
    """Whose bill it is."""

    account = forms.CharField(
        label=_("Customer number or phone number"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "tel", "autofocus": True, "placeholder": "CT-2026-00012"}
        ),
    )
    digits = LastDigitsField(
        help_text=_("Only with a customer number: it shows that the bill is yours."), required=False
    )

    def clean_digits(self) -> str:
        """Return the four digits; "" where none are needed."""
        typed: str = self.cleaned_data["digits"]
        if not typed and online.is_number(self.cleaned_data.get("account", "")):
            raise forms.ValidationError(_("Type 4 digits."))
        return typed


class Pay(forms.Form):
    """How much, and by which gateway. `key` makes a second click the same try."""

    amount = NumberField(
        label=_("Amount"),
        max_digits=12,
        decimal_places=2,
        min_value=SMALLEST_ONLINE,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"min_value": _("Pay at least %(limit_value)s online.")},
    )
    gateway = forms.ChoiceField(label=_("How do you want to pay?"), widget=forms.RadioSelect)
    key = forms.UUIDField(widget=forms.HiddenInput)
    is_again = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, accounts: Sequence[GatewayAccount], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [(account.slug, account.name) for account in accounts]
        field = self.fields["gateway"]
        field.choices = choices  # type: ignore[attr-defined]
        if choices:
            field.initial = choices[0][0]  # one click less; the others are beside it


class LastDigits(forms.Form):
    """The end of the account's phone number."""

    digits = LastDigitsField(
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True}
        )
    )


class SendBack(ReasonForm):
    """How much goes back, and why."""

    amount = NumberField(
        label=_("Amount"),
        max_digits=12,
        decimal_places=2,
        min_value=Decimal("0.01"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    is_released = forms.BooleanField(
        label=_("Also what it has paid: those bills are owed again"), required=False
    )
    field_order = ["amount", "is_released", "reason"]


class SentByHand(ReasonForm):
    """The gateway's number of a refund made at its own pages."""

    reference = forms.CharField(
        label=_("Number of the refund at the gateway"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["reference", "reason"]


class FindAttempts(forms.Form):
    """What narrows the list of payments at gateways beside its tabs, from the address."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Any state")), *PaymentAttempt.State.choices],
        widget=forms.RadioSelect,
    )
