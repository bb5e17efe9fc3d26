"""Packages and their prices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.catalogue import offer_classes
from customers.models import Cycle, OttApp, Package, TaxClass
from customers.queries import catalogue, prices
from customers.queries.prices import PriceList
from customers.services.packages import Offer
from ispbill.core.fields import DayField, MoneyField
from ispbill.core.money import ZERO


class PackageForm(forms.Form):
    """What a package is."""

    code = forms.SlugField(label=_("Code"), max_length=24)
    name = forms.CharField(label=_("Name"), max_length=80)
    local_name = forms.CharField(label=_("Name in local script"), max_length=80, required=False)
    technology = forms.ChoiceField(label=_("Technology"), choices=Package.Technology.choices)
    download_mbps = forms.IntegerField(label=_("Download (Mbps)"), min_value=1, max_value=100_000)
    upload_mbps = forms.IntegerField(label=_("Upload (Mbps)"), min_value=1, max_value=100_000)
    data_cap_gb = forms.IntegerField(
        label=_("Data cap (GB)"),
        min_value=1,
        max_value=1_000_000,
        required=False,
        help_text=_("Left empty, there is none."),
    )
    installation_fee = MoneyField(label=_("Installation fee"), required=False)
    router_fee = MoneyField(label=_("Router fee"), required=False)
    tax_class = forms.ModelChoiceField(
        label=_("Tax"),
        queryset=TaxClass.objects.none(),
        required=False,
        empty_label=_("The company's own rate"),
    )
    ott_apps = forms.ModelMultipleChoiceField(
        label=_("Streaming apps included"),
        queryset=OttApp.objects.order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    live_channels = forms.IntegerField(
        label=_("Live channels"), min_value=0, max_value=10_000, required=False
    )
    sla_class = forms.CharField(label=_("SLA class"), max_length=20, required=False)
    router_profile = forms.CharField(
        label=_("Router profile"),
        max_length=60,
        required=False,
        help_text=_("Left empty, it is made from the speed."),
    )
    burst_percent = forms.IntegerField(
        label=_("Burst, percent of the speed"),
        min_value=0,
        max_value=400,
        required=False,
        help_text=_("150 lets a quiet line go half as fast again. 0: as its router does it."),
    )
    burst_seconds = forms.IntegerField(
        label=_("Burst, seconds"),
        min_value=1,
        max_value=600,
        required=False,
        help_text=_("Left empty: 10."),
    )
    is_public = forms.BooleanField(
        label=_("Shown on the public price list"), required=False, initial=True
    )
    description = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_classes(self)

    def clean(self) -> dict[str, Any]:
        """Hold a burst to what it is: faster than the speed, of a profile we make."""
        cleaned: dict[str, Any] = super().clean() or {}
        percent = cleaned.get("burst_percent") or 0
        if 0 < percent <= 100:
            self.add_error("burst_percent", _("A burst is faster than the speed: more than 100."))
        elif percent and cleaned.get("router_profile"):
            self.add_error(
                "burst_percent", _("A profile of your own has its burst on the router already.")
            )
        return cleaned

    def offer(self) -> Offer:
        """Return what was filled in."""
        read = dict(self.cleaned_data)
        read.pop("ott_apps")
        tax_class = read.pop("tax_class")
        read["tax_class_id"] = tax_class.pk if tax_class else None
        read["installation_fee"] = read["installation_fee"] or ZERO
        read["router_fee"] = read["router_fee"] or ZERO
        read["live_channels"] = read["live_channels"] or 0
        read["burst_percent"] = read["burst_percent"] or 0
        read["burst_seconds"] = read["burst_seconds"] or 10
        return Offer(**read)


class PriceForm(forms.Form):
    """A price from a day on, in the general list or one of a branch's or a reseller's own."""

    price_list = forms.ChoiceField(label=_("Price list"), required=False)
    cycle = forms.ChoiceField(label=_("Billing cycle"), choices=Cycle.choices)
    effective_from = DayField(label=_("From"))
    amount = MoneyField(label=_("Price"))
    includes_tax = forms.TypedChoiceField(
        label=_("The price is"),
        choices=[("net", _("without tax")), ("gross", _("with tax"))],
        coerce=lambda value: value == "gross",
        widget=forms.RadioSelect,
        initial="net",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lists = {one.key: one for one in prices.lists()}
        choice = self.fields["price_list"]
        choice.choices = [(key, list_name(one)) for key, one in self.lists.items()]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what was filled in, the list by its two ids."""
        read = dict(self.cleaned_data)
        chosen = self.lists[read.pop("price_list")]
        return read | {"branch_id": chosen.branch_id, "reseller_id": chosen.reseller_id}


def list_name(price_list: PriceList) -> str:
    """Return what a price list is called on screen."""
    if price_list.reseller_id:
        return _("Reseller: %(name)s") % {"name": price_list.name}
    if price_list.branch_id:
        return _("Branch: %(name)s") % {"name": price_list.name}
    return str(_("General: everybody without an own list"))


def usual_fees() -> dict[str, Any]:
    """Return the fees a new package starts with: those of the catalogue."""
    found = {
        "installation_fee": catalogue.fee(catalogue.INSTALLATION),
        "router_fee": catalogue.fee(catalogue.ROUTER),
    }
    return {name: fee.net_amount for name, fee in found.items() if fee is not None}


def initial(package: Package) -> dict[str, Any]:
    """Return what the form shows of a package."""
    shown = {
        name: getattr(package, name)
        for name in PackageForm.base_fields
        if name not in ("ott_apps", "tax_class")
    }
    shown["tax_class"] = package.tax_class_id
    return shown | {"ott_apps": list(package.ott_apps.values_list("pk", flat=True))}
