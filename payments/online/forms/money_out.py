"""Money that goes out, and security: how much, how, and always the reason."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.allocation.models import Payment
from billing.allocation.rules.accounts import BY_HAND
from billing.ledger.forms.amounts import AmountField
from billing.ledger.forms.reasons import OTHER, ReasonForm


class _MoneyForm(ReasonForm):
    """An amount within a limit, and the way it goes."""

    amount = AmountField(label=gettext_lazy("Amount"), max_length=20)
    method = forms.ChoiceField(label=gettext_lazy("Method"))
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, most: Decimal | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most
        labels = dict(Payment.Method.choices)
        method = self.fields.get("method")
        if isinstance(method, forms.ChoiceField):
            method.choices = [(code, labels[code]) for code in BY_HAND]
        if most:
            self.fields["amount"].initial = f"{most:.2f}"

    def clean_amount(self) -> Decimal:
        """Return the amount, within what there is."""
        amount: Decimal = self.cleaned_data["amount"]
        if amount <= 0:
            raise forms.ValidationError(_("The amount must be more than zero."))
        if self.most is not None and amount > self.most:
            raise forms.ValidationError(_("There is not that much."))
        return amount


class RefundForm(_MoneyForm):
    reasons = (
        ("LEAVES", gettext_lazy("The customer leaves")),
        ("OVERPAID", gettext_lazy("Paid too much")),
        ("REQUEST", gettext_lazy("At the customer's request")),
        OTHER,
    )


class ToWalletForm(RefundForm):
    method = None  # type: ignore[assignment]
    reference = None  # type: ignore[assignment]


class TakeDepositForm(_MoneyForm):
    reasons = (
        ("EQUIPMENT", gettext_lazy("Equipment lent")),
        ("SECURITY", gettext_lazy("Security for bills")),
        OTHER,
    )


class ApplyDepositForm(_MoneyForm):
    reasons = (
        ("LEAVES", gettext_lazy("The customer leaves")),
        ("UNPAID", gettext_lazy("Bills stay unpaid")),
        OTHER,
    )
    method = None  # type: ignore[assignment]
    reference = None  # type: ignore[assignment]


class ReturnDepositForm(_MoneyForm):
    reasons = (
        ("LEAVES", gettext_lazy("The customer leaves")),
        ("RETURNED", gettext_lazy("Equipment returned")),
        OTHER,
    )
