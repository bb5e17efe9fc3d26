"""Fees, add-ons and discounts of one customer, as people type them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.forms.reasons import OTHER, Choices, ReasonForm
from billing.models import Promotion
from billing.queries import discounts as discount_queries
from billing.services.addons import LONGEST_AHEAD_DAYS, LONGEST_BACK_DAYS
from billing.services.discounts import Given
from customers.models import Addon, Fee
from customers.queries import catalogue
from ispbill.core.demands import demand
from ispbill.core.fields import MoneyField, NumberField

_WHEN = [
    ("end", _("Where the billed days end (nothing is given back)")),
    ("now", _("Today, with a credit note for the days not used")),
]


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """Return a field for a day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **kwargs)


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
        field = self.fields["fee"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        field.queryset = catalogue.fees()

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
    starts_on = day_field(_("From"))

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["addon"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        field.queryset = catalogue.addons()
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


class GrantForm(ReasonForm):
    """A promotion for one service."""

    reasons = (
        ("OFFER", _("Runs at the moment")),
        ("KEEP", _("To keep the customer")),
        ("SORRY", _("To make up for trouble")),
        OTHER,
    )
    promotion = forms.ModelChoiceField(label=_("Promotion"), queryset=Promotion.objects.none())

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["promotion"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        field.queryset = discount_queries.on_offer(on=on)


class OwnDiscountForm(ReasonForm):
    """A discount made for one service."""

    reasons = (
        ("KEEP", _("To keep the customer")),
        ("SORRY", _("To make up for trouble")),
        ("AGREED", _("Agreed by contract")),
        OTHER,
    )
    label = forms.CharField(label=_("Name on the bill"), max_length=80)
    percent = NumberField(
        label=_("Percent"), required=False, min_value=Decimal("0.001"), max_value=100,
        decimal_places=3,
    )  # fmt: skip
    amount = MoneyField(label=_("Or an amount a month, without tax"), required=False)
    cycles = forms.IntegerField(
        label=_("For so many billing periods"),
        required=False,
        min_value=1,
        max_value=120,
        help_text=_("Left empty, it lasts until it is ended."),
    )
    is_stackable = forms.BooleanField(
        label=_("May be combined with others"),
        required=False,
        help_text=_("One that may not is used alone, when it gives the customer more."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        demand(self, "percent")  # one of the two
        demand(self, "amount")

    def clean(self) -> dict[str, Any]:
        read: dict[str, Any] = super().clean() or self.cleaned_data
        if (read.get("percent") is None) == (read.get("amount") is None):
            self.add_error("percent", _("Give a percentage or an amount, one of the two."))
        if read.get("amount") is not None and read["amount"] <= 0:
            self.add_error("amount", _("The amount must be above zero."))
        return read

    def given(self) -> Given | None:
        """Return what would be granted, as far as that is filled in well."""
        self.is_valid()
        read = self.cleaned_data
        if {"percent", "amount", "cycles"} & self.errors.keys():
            return None
        percent = read.get("percent")
        return Given(
            label=read.get("label") or "",
            rate=percent / 100 if percent is not None else None,
            amount=read.get("amount"),
            is_stackable=bool(read.get("is_stackable")),
            cycles=read.get("cycles"),
        )


class RevokeForm(ReasonForm):
    reasons = (("MISTAKE", _("Granted by mistake")), ("OVER", _("No longer deserved")), OTHER)
