"""Fees and add-ons of one customer, as people type them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.changes.services.addons import LONGEST_AHEAD_DAYS, LONGEST_BACK_DAYS
from billing.ledger.forms.reasons import OTHER, Choices, ReasonForm
from customers.models import Addon, Fee
from customers.queries import catalogue
from ispbill.core.choosing import choose_from
from ispbill.core.fields import DayField, MoneyField

_WHEN = [
    ("end", _("Where the billed days end (nothing is given back)")),
    ("now", _("Today, with a credit note for the days not used")),
]


class ChargeFeeForm(ReasonForm):
    """A fee for one customer; the key makes sending it twice one charge."""

    reasons = (
        ("AGREED", _("Agreed with the customer")),
        ("PRICE_LIST", _("As the price list says")),
        OTHER,
    )
    fee = forms.ModelChoiceField(label=_("Fee"), queryset=Fee.objects.none())
    quantity = forms.IntegerField(label=_("How many"), min_value=1, max_value=1000, initial=1)
    unit = MoneyField(
        label=_("Amount for one, without tax"),
        required=False,
        help_text=_("Left empty, it is the fee's own."),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "fee", catalogue.fees())

    def asked(self) -> tuple[Fee, int, Decimal] | None:
        """Return the fee, how many and for how much each, as far as that is filled in well."""
        self.is_valid()
        fee, count = self.cleaned_data.get("fee"), self.cleaned_data.get("quantity")
        if fee is None or count is None or "unit" not in self.cleaned_data:
            return None
        unit = self.cleaned_data["unit"]
        return fee, count, fee.net_amount if unit is None else unit


class AttachAddonForm(ReasonForm):
    """An add-on sold with a service."""

    reasons = (("ASKED", _("Asked for by the customer")), ("OFFERED", _("Offered by us")), OTHER)
    addon = forms.ModelChoiceField(label=_("Add-on"), queryset=Addon.objects.none())
    quantity = forms.IntegerField(label=_("How many"), min_value=1, max_value=1000, initial=1)
    starts_on = DayField(label=_("From"))

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "addon", catalogue.addons())
        self.fields["starts_on"].initial = on
        self.fields["starts_on"].widget.attrs |= {
            "min": (on - timedelta(days=LONGEST_BACK_DAYS)).isoformat(),
            "max": (on + timedelta(days=LONGEST_AHEAD_DAYS)).isoformat(),
        }

    def asked(self) -> tuple[Addon, int, date] | None:
        """Return what is asked for, as far as that is filled in well."""
        self.is_valid()
        read = self.cleaned_data
        if not {"addon", "quantity", "starts_on"} <= read.keys():
            return None
        return read["addon"], read["quantity"], read["starts_on"]


class EndAddonForm(ReasonForm):
    reasons: Choices = (
        ("ASKED", _("Asked for by the customer")),
        ("MISTAKE", _("Sold by mistake")),
        OTHER,
    )
    when = forms.ChoiceField(label=_("It ends"), choices=_WHEN, widget=forms.RadioSelect)

    @property
    def is_now(self) -> bool:
        """Whether it ends today."""
        return bool(self.cleaned_data["when"] == "now")


class QuantityForm(EndAddonForm):
    """Another number of an add-on."""

    reasons = (("ASKED", _("Asked for by the customer")), OTHER)
    quantity = forms.IntegerField(label=_("How many from then on"), min_value=1, max_value=1000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["when"].label = _("The number changes")
        self.order_fields(["quantity", "when", "reason_code", "reason"])
