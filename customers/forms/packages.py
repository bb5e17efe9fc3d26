"""Packages and their prices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.widgets import MoneyField
from customers.models import Cycle, OttApp, Package
from customers.services.packages import Offer
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
    is_public = forms.BooleanField(
        label=_("Shown on the public price list"), required=False, initial=True
    )
    description = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def offer(self) -> Offer:
        """Return what was filled in."""
        read = dict(self.cleaned_data)
        read.pop("ott_apps")
        read["installation_fee"] = read["installation_fee"] or ZERO
        read["router_fee"] = read["router_fee"] or ZERO
        read["live_channels"] = read["live_channels"] or 0
        return Offer(**read)


class PriceForm(forms.Form):
    """A price from a day on."""

    cycle = forms.ChoiceField(label=_("Billing cycle"), choices=Cycle.choices)
    effective_from = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    amount = MoneyField(label=_("Price"))
    includes_tax = forms.TypedChoiceField(
        label=_("The price is"),
        choices=[("net", _("without tax")), ("gross", _("with tax"))],
        coerce=lambda value: value == "gross",
        widget=forms.RadioSelect,
        initial="net",
    )


def initial(package: Package) -> dict[str, Any]:
    """Return what the form shows of a package."""
    shown = {name: getattr(package, name) for name in PackageForm.base_fields if name != "ott_apps"}
    return shown | {"ott_apps": list(package.ott_apps.values_list("pk", flat=True))}
