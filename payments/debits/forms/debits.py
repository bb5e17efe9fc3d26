"""Forms about bank accounts and what a mandate permits."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.ledger.forms.amounts import AmountField
from ispbill.core import formats
from ispbill.core.demands import demand
from payments.debits.models import Mandate

# Universal branch codes of South African banks: they stand for every branch.
BANKS = {
    "FNB": "250655",
    "Absa": "632005",
    "Nedbank": "198765",
    "Standard Bank": "051001",
    "Capitec": "470010",
    "TymeBank": "678910",
    "Discovery Bank": "679000",
    "African Bank": "430000",
    "Bidvest Bank": "462005",
    "Investec": "580105",
}
# Digits of an account number, fewest and most, from NetCash's "Account number tips" (fewer with
# FNB, where a zero in front is often left out); banks it does not name keep the general bounds.
LENGTHS = {"FNB": (10, 11), "Absa": (8, 11), "Nedbank": (10, 11), "Capitec": (10, 10)}
ANY_LENGTH = (4, 11)
_OTHER = "OTHER"
KINDS = (
    ("CURRENT", gettext_lazy("Current or cheque account")),
    ("SAVINGS", gettext_lazy("Savings account")),
    ("TRANSMISSION", gettext_lazy("Transmission account")),
)


class BankAccount(forms.Form):
    """A bank account to collect from, and what the mandate permits."""

    holder = forms.CharField(label=gettext_lazy("Account holder"), max_length=80)
    bank = forms.ChoiceField(label=gettext_lazy("Bank"))
    branch_code = forms.CharField(
        label=gettext_lazy("Branch code"),
        required=False,
        max_length=6,
        help_text=gettext_lazy("Only for another bank: six digits."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    number = forms.CharField(
        label=gettext_lazy("Account number"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind of account"), choices=KINDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        demand(self, "branch_code", by="bank", values=[_OTHER])
        bank = self.fields["bank"]
        if isinstance(bank, forms.ChoiceField):
            bank.choices = [*((name, name) for name in BANKS), (_OTHER, _("Another bank"))]

    def clean_number(self) -> str:
        """Return the digits alone."""
        digits = re.sub(r"[\s-]", "", self.cleaned_data["number"])
        if not re.fullmatch(r"[0-9]{4,11}", digits):
            raise forms.ValidationError(_("An account number has four to eleven digits."))
        return digits

    def clean(self) -> dict[str, Any]:
        """Find the branch code of a known bank; another one needs its own."""
        given: dict[str, Any] = super().clean() or {}
        code = BANKS.get(given.get("bank", ""), given.get("branch_code", "").strip())
        if not re.fullmatch(r"[0-9]{6}", code):
            self.add_error("branch_code", _("A branch code has six digits."))
        given["branch_code"] = code
        self._check_length(given.get("bank", ""), given.get("number"))
        return given

    def _check_length(self, bank: str, number: str | None) -> None:
        fewest, most = LENGTHS.get(bank, ANY_LENGTH)
        if number is None or fewest <= len(number) <= most:
            return
        values = {"bank": bank, "fewest": formats.number(fewest), "most": formats.number(most)}
        if fewest == most:
            words = _("An account number of %(bank)s has %(most)s digits.")
        else:
            words = _("An account number of %(bank)s has %(fewest)s to %(most)s digits.")
        self.add_error("number", words % values)

    @property
    def details(self) -> dict[str, str]:
        """Return what is sealed of a valid form."""
        return {name: self.cleaned_data[name] for name in ("number", "branch_code", "kind")}

    @property
    def bank_name(self) -> str:
        """Return the bank as the masked label names it."""
        bank: str = self.cleaned_data["bank"]
        return _("Bank") if bank == _OTHER else bank


class TransferAccount(forms.Form):
    """An account a customer transfers from; nothing is ever taken from it."""

    holder = forms.CharField(label=gettext_lazy("Account holder"), max_length=80)
    bank = forms.CharField(label=gettext_lazy("Bank"), max_length=40)
    number = forms.CharField(
        label=gettext_lazy("Account number"),
        max_length=44,
        help_text=gettext_lazy("As it stands on our statements: number, IBAN or wallet."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_bank(self) -> str:
        """Return the name; it is shown, so no number may hide in it."""
        bank: str = self.cleaned_data["bank"]
        if re.search(r"[0-9]{4}", bank):
            raise forms.ValidationError(_("Write the bank's name here, without a number."))
        return bank

    def clean_number(self) -> str:
        """Return letters and digits alone, as statements are read."""
        number = re.sub(r"[^0-9A-Za-z]", "", self.cleaned_data["number"]).upper()
        if not 6 <= len(number) <= 40 or not re.search(r"[0-9]{4}", number):
            raise forms.ValidationError(_("An account number has six to forty letters and digits."))
        return number

    @property
    def details(self) -> dict[str, str]:
        """Return what is sealed of a valid form."""
        return {"number": self.cleaned_data["number"]}


class Permit(forms.Form):
    """What a mandate permits: the usual day, and the most one debit takes."""

    day = forms.IntegerField(
        label=gettext_lazy("Usual day of the month"),
        min_value=1,
        max_value=28,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    ceiling = AmountField(
        label=gettext_lazy("Never more at once than"),
        max_length=20,
        help_text=gettext_lazy("A bill above it is not collected."),
    )


class Confirm(forms.Form):
    """Nothing to fill in: a yes."""

    sure = forms.CharField(widget=forms.HiddenInput, initial="1")


class NewDebit(BankAccount, Permit):
    """A bank account and its mandate in one go, for the portal."""

    field_order = ("holder", "bank", "branch_code", "number", "kind", "day", "ceiling")


class FindMandates(forms.Form):
    """What narrows the list of mandates, from the address."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("All")), *Mandate.State.choices],
        widget=forms.RadioSelect,
    )
