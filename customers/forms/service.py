"""Adding a service to a customer, and changing what is known of its line."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.widgets import BILLING_DAYS
from customers.models import Cycle, Package, Subscription
from customers.queries import packages
from customers.services.subscriptions import Line
from ispbill.core.choosing import choose_from
from ispbill.core.fields import DayField, DegreeField


class ServiceForm(forms.Form):
    """A service added to a customer."""

    package = forms.ModelChoiceField(label=_("Package"), queryset=Package.objects.none())
    cycle = forms.ChoiceField(label=_("Billing cycle"), choices=Cycle.choices)
    billing_day = forms.TypedChoiceField(label=_("Bill date"), choices=BILLING_DAYS, coerce=int)
    connection_id = forms.CharField(
        label=_("Connection id (PPPoE name)"),
        max_length=60,
        required=False,
        help_text=_("Left empty, it is made from the account number."),
    )
    address = forms.CharField(
        label=_("Installation address"),
        max_length=240,
        required=False,
        help_text=_("Left empty, it is the customer's."),
    )
    notes = forms.CharField(
        label=_("Notes"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "package", packages.sold())

    def line(self) -> Line:
        """Return what was said of the line."""
        read = self.cleaned_data
        return Line(
            connection_id=read["connection_id"], address=read["address"], notes=read["notes"]
        )


class LineForm(forms.Form):
    """What is known of a service's line."""

    connection_id = forms.CharField(label=_("Connection id (PPPoE name)"), max_length=60)
    address = forms.CharField(label=_("Installation address"), max_length=240, required=False)
    latitude = DegreeField(label=_("Latitude"), required=False, most=90)
    longitude = DegreeField(label=_("Longitude"), required=False, most=180)
    technology = forms.ChoiceField(label=_("Technology"), choices=Subscription.Technology.choices)
    upstream_provider = forms.CharField(label=_("Upstream provider"), max_length=60, required=False)
    upstream_order_id = forms.CharField(label=_("Upstream order id"), max_length=60, required=False)
    cpe_make = forms.CharField(label=_("CPE / ONU make"), max_length=60, required=False)
    cpe_serial = forms.CharField(label=_("CPE / ONU serial"), max_length=60, required=False)
    contract_ends_on = DayField(label=_("Contract ends on"), required=False)
    notes = forms.CharField(
        label=_("Notes"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def line(self) -> Line:
        """Return what was filled in."""
        return Line(**self.cleaned_data)
