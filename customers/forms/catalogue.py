"""Fees, add-ons, tax classes and their rates, as people type them."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Addon, Fee, TaxClass
from customers.queries import taxes
from customers.services.catalogue import AddonDetails, FeeDetails
from ispbill.core.choosing import choose_from
from ispbill.core.fields import DayField, MoneyField, NumberField

# Where a fee's revenue is booked (numbers of the chart of accounts).
FEE_ACCOUNTS = [
    (4100, _("Installation revenue")),
    (4200, _("Equipment revenue")),
    (4300, _("Late fees")),
    (4310, _("Early termination fees")),
    (4900, _("Adjustments")),
]


def _tax_class() -> forms.ModelChoiceField:  # type: ignore[type-arg]
    return forms.ModelChoiceField(
        label=_("Tax"),
        queryset=TaxClass.objects.none(),
        required=False,
        empty_label=_("The company's own rate"),
    )


def offer_classes(form: forms.Form) -> None:
    """Let the form's tax field choose among the classes on offer."""
    choose_from(form, "tax_class", taxes.sold())


class FeeForm(forms.Form):
    """A charge made once."""

    code = forms.SlugField(
        label=_("Code"),
        max_length=24,
        help_text=_("INSTALLATION and ROUTER are offered for new packages."),
    )
    name = forms.CharField(label=_("Name on the bill"), max_length=80)
    local_name = forms.CharField(label=_("Name in local script"), max_length=80, required=False)
    net_amount = MoneyField(label=_("Amount without tax"))
    tax_class = _tax_class()
    account_code = forms.TypedChoiceField(
        label=_("Booked to"), choices=FEE_ACCOUNTS, coerce=int, initial=4100
    )

    def __init__(self, *args: Any, fee: Fee | None = None, **kwargs: Any) -> None:
        if fee is not None:
            kwargs.setdefault("initial", _shown(fee, self.base_fields))
        super().__init__(*args, **kwargs)
        offer_classes(self)

    def details(self) -> FeeDetails:
        """Return what was filled in."""
        return FeeDetails(**_with_class_id(self.cleaned_data))


class AddonForm(forms.Form):
    """Something billed every period with a service."""

    code = forms.SlugField(label=_("Code"), max_length=24)
    name = forms.CharField(label=_("Name on the bill"), max_length=80)
    local_name = forms.CharField(label=_("Name in local script"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Addon.Kind.choices)
    price_amount = MoneyField(label=_("Price a month without tax"))
    tax_class = _tax_class()
    is_public = forms.BooleanField(label=_("Customers may see it"), required=False, initial=True)
    description = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, addon: Addon | None = None, **kwargs: Any) -> None:
        if addon is not None:
            kwargs.setdefault("initial", _shown(addon, self.base_fields))
        super().__init__(*args, **kwargs)
        offer_classes(self)

    def details(self) -> AddonDetails:
        """Return what was filled in."""
        return AddonDetails(**_with_class_id(self.cleaned_data))


class _PercentForm(forms.Form):
    percent = NumberField(
        label=_("Rate in percent"), min_value=0, max_value=Decimal("99.999"), decimal_places=3
    )

    @property
    def rate(self) -> Decimal:
        """The rate typed, as a fraction."""
        return Decimal(self.cleaned_data["percent"]) / 100


class TaxClassForm(forms.Form):
    """What a tax class is called."""

    code = forms.SlugField(label=_("Code"), max_length=24)
    name = forms.CharField(
        label=_("Name on the bill"), max_length=60, help_text=_("For example VAT 5 %.")
    )
    local_name = forms.CharField(label=_("Name in local script"), max_length=60, required=False)


class NewTaxClassForm(TaxClassForm, _PercentForm):
    """A tax class with its first rate."""

    effective_from = DayField(label=_("From"))

    field_order = ("code", "name", "local_name", "percent", "effective_from")


class TaxRateForm(_PercentForm):
    """A rate from a day on."""

    effective_from = DayField(label=_("From"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["effective_from"].widget.attrs["min"] = today.isoformat()

    def clean_effective_from(self) -> date:
        """Refuse days gone by: they keep the rate they had."""
        day: date = self.cleaned_data["effective_from"]
        if day < self.today:
            raise forms.ValidationError(_("A rate begins today or later."))
        return day


def _shown(row: Any, fields: Any) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in fields if name != "tax_class"}
    return shown | {"tax_class": row.tax_class_id}


def _with_class_id(read: dict[str, Any]) -> dict[str, Any]:
    values = dict(read)
    chosen = values.pop("tax_class")
    return values | {"tax_class_id": chosen.pk if chosen else None}
