"""Forms about providers' payouts and chargebacks."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ispbill.audit.forms import ReasonField
from ispbill.core.choosing import choose_from
from ispbill.core.fields import DayField
from ispbill.core.uploads import UploadField
from payments.bank.models import BankAccount, SettlementImport
from payments.bank.services.files import MOST_BYTES


class PayoutUpload(forms.Form):
    """A provider's settlement file and the payout it tells of."""

    provider = forms.ChoiceField(label=gettext_lazy("Provider"))
    bank_account = forms.ModelChoiceField(
        label=gettext_lazy("Paid out to"), queryset=BankAccount.objects.none(), empty_label=None
    )
    reference = forms.CharField(
        label=gettext_lazy("Number of the payout"),
        max_length=80,
        help_text=gettext_lazy("As it stands on the bank statement, if it does."),
    )
    paid_on = DayField(label=gettext_lazy("Paid out on"))
    file = UploadField(
        label=gettext_lazy("File"),
        most_bytes=MOST_BYTES,
        accept=".csv,.txt,.xlsx",
        help_text=gettext_lazy("CSV or XLSX as the provider gives it, up to 12 MB."),
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        provider = self.fields["provider"]
        if isinstance(provider, forms.ChoiceField):
            # NetCash tells of its payouts in the statement of debit orders.
            provider.choices = [
                one
                for one in SettlementImport.Provider.choices
                if one[0] != SettlementImport.Provider.NETCASH
            ]
        accounts = BankAccount.objects.filter(archived_at__isnull=True).order_by("name", "pk")
        choose_from(self, "bank_account", accounts)

    def clean_paid_on(self) -> date:
        paid_on: date = self.cleaned_data["paid_on"]
        if paid_on > self.on:
            raise forms.ValidationError(_("The day lies in the future."))
        return paid_on


class Claim(forms.Form):
    """Which customer an unknown transaction came from."""

    customer = forms.CharField(
        label=gettext_lazy("Customer number"),
        max_length=20,
        help_text=gettext_lazy("As in CT-2026-00012; the customer list finds it."),
    )

    def clean_customer(self) -> str:
        return str(self.cleaned_data["customer"]).strip().upper()


class ChargebackDecision(forms.Form):
    """What becomes of money a provider took back."""

    TAKE, BEAR = "TAKE", "BEAR"

    what = forms.ChoiceField(
        label=gettext_lazy("What becomes of it?"),
        choices=[
            (TAKE, gettext_lazy("Take it from the customer's payment: it is owed again")),
            (BEAR, gettext_lazy("The company bears it: it is written off")),
        ],
        widget=forms.RadioSelect,
    )
    reason = ReasonField()
