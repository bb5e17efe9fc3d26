"""The cash desk's form, the reason of a reversal, and the register's filters."""

import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.allocation.models import Payment
from billing.allocation.rules.accounts import BY_HAND, NEEDS_REFERENCE
from billing.ledger.forms.amounts import AmountField
from billing.receivables.queries.desk import Account
from billing.receivables.services import admission
from ispbill.accounts.models import Branch, User
from ispbill.audit.forms import ReasonField
from ispbill.core import formats
from ispbill.core.choosing import show_choices
from ispbill.core.demands import demand
from ispbill.core.errors import DomainError
from ispbill.core.fields import DayField
from payments.desk.queries import register


class Pay(forms.Form):
    """Money over the counter. `account` is the customer as the person sees it."""

    amount = AmountField(label=gettext_lazy("Amount"), max_length=20)
    method = forms.ChoiceField(label=gettext_lazy("Method"), widget=forms.RadioSelect)
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        required=False,
        help_text=gettext_lazy("Needed for bKash, Nagad and bank transfers."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    tendered = AmountField(label=gettext_lazy("Cash tendered"), required=False, max_length=20)
    invoices = forms.MultipleChoiceField(
        label=gettext_lazy("Pay these invoices first"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    customer = forms.CharField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)
    repeat_of = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, account: Account, usual_method: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "pay_%s")
        kwargs["initial"] = {
            "amount": _typed(account.due),
            "method": usual_method,
            "customer": account.customer.number,
            "key": uuid.uuid4(),
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        demand(self, "reference", by="method", values=NEEDS_REFERENCE)
        self.account = account
        labels = dict(Payment.Method.choices)
        method, invoices = self.fields["method"], self.fields["invoices"]
        if isinstance(method, forms.ChoiceField):
            method.choices = [(code, labels[code]) for code in BY_HAND]
        if isinstance(invoices, forms.MultipleChoiceField):
            invoices.choices = [(str(i.pk), str(i.number)) for i in account.invoices]

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        try:
            admission.check_amount(amount)
        except DomainError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return amount

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        amount, tendered = given.get("amount"), given.get("tendered")
        if given.get("method") in NEEDS_REFERENCE and not given.get("reference", "").strip():
            self.add_error(
                "reference", _("Enter the transaction number: the statement has nothing else.")
            )
        if tendered is not None and given.get("method") != Payment.Method.CASH:
            given["tendered"] = tendered = None
        if amount is not None and tendered is not None and tendered < amount:
            self.add_error(
                "tendered",
                _("%(missing)s are missing.") % {"missing": formats.money(amount - tendered)},
            )
        return given

    @property
    def fact(self) -> str:
        """What a confirmation of a repeat confirms: this customer, amount and method."""
        given = self.cleaned_data
        return f"{self.account.customer.number} {given['amount']} {given['method']}"

    @property
    def is_repeat_confirmed(self) -> bool:
        return bool(self.cleaned_data["repeat_of"] == self.fact)

    def ask_to_confirm(self) -> None:
        """Let the form, sent once more as it is, mean yes."""
        data: Any = self.data
        changed = data.copy()  # what was posted is read-only, its copy is not
        changed["repeat_of"] = self.fact
        self.data = changed


class Reverse(forms.Form):
    """Why a payment is reversed."""

    reason = ReasonField(
        help_text=gettext_lazy("At least ten characters; the customer reads it too."), rows=3
    )


class Find(forms.Form):
    """The register's filters, from the address; what cannot be read is left out."""

    ranges = {"since": gettext_lazy("Day")}

    q = forms.CharField(required=False, max_length=120, label=gettext_lazy("Search"))
    method = forms.ChoiceField(
        label=gettext_lazy("Method"),
        required=False,
        choices=[("", gettext_lazy("Any method")), *Payment.Method.choices],
        widget=forms.RadioSelect,
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("", gettext_lazy("Any state")),
            (Payment.Status.COMPLETED.value, Payment.Status.COMPLETED.label),
            (Payment.Status.REVERSED.value, Payment.Status.REVERSED.label),
        ],
    )
    since = DayField(label=gettext_lazy("From"), required=False)
    until = DayField(label=gettext_lazy("To"), required=False)
    cashier = forms.IntegerField(label=gettext_lazy("Cashier"), required=False)
    branch = forms.IntegerField(label=gettext_lazy("Branch"), required=False)
    customer = forms.CharField(
        label=gettext_lazy("Customer"), required=False, max_length=20, widget=forms.HiddenInput
    )

    def offer(self, *, cashiers: Iterable[User], branches: Iterable[Branch]) -> None:
        """Put people and branches to choose from into the filters."""
        for name, found in (("cashier", cashiers), ("branch", branches)):
            named = ((one.pk, one.name) for one in found)
            show_choices(self, name, [("", gettext_lazy("Any")), *named])

    def filters(self) -> register.Filters:
        """Return the readable filters."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return register.Filters(**given)


def _typed(amount: Decimal) -> str:
    """Write an amount as a person would type it: 1150, 1150.50."""
    return "" if amount <= 0 else f"{amount:.2f}".removesuffix(".00")
