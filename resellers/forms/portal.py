"""What a reseller types: a payment, money on its way, a new customer."""

import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from billing.ledger.forms.amounts import AmountField
from customers.models import Area, Package
from ispbill.audit.forms import ReasonField
from ispbill.core.choosing import choose_from
from ispbill.core.fields import MoneyField, NumberField, PhoneField
from resellers.models import Reseller, Transfer
from resellers.services.discounting import LONGEST_CYCLES


class Collect(forms.Form):
    """A payment of an own customer."""

    amount = AmountField(label=_("Amount"), max_length=20)
    key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)


class Sent(forms.Form):
    """Money that is on its way to the company."""

    amount = AmountField(label=_("Amount"), max_length=20)
    method = forms.ChoiceField(
        label=_("Sent by"), choices=Transfer.Method.choices, initial=Transfer.Method.EFT
    )
    reference = forms.CharField(
        label=_("Reference"), max_length=80, help_text=_("TrxID or the bank's transfer number.")
    )
    key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, offered: Decimal | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if offered is not None:
            self.fields["amount"].initial = offered


class OwnPrice(forms.Form):
    """What a package costs new services of the partner's customers."""

    net = MoneyField(label=_("Your price"), help_text=_("Without tax, a month."))


class OwnDiscount(forms.Form):
    """A share of a service's price that a partner gives away."""

    percent = NumberField(
        label=_("Discount in percent"),
        max_digits=5,
        decimal_places=2,
        min_value=Decimal("0.01"),
        max_value=100,
    )
    cycles = forms.IntegerField(
        label=_("For so many billing periods"), min_value=1, max_value=LONGEST_CYCLES
    )
    reason = ReasonField()


class OwnDetails(forms.Form):
    """What a reseller keeps current of an own customer.

    Never the phone or the e-mail: who changes those can sign in as the customer.
    """

    local_name = forms.CharField(label=_("Name in local script"), max_length=120, required=False)
    alternate_phone = PhoneField(label=_("Alternate phone"), max_length=20, required=False)
    address = forms.CharField(label=_("Address"), max_length=240)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class NewCustomer(forms.Form):
    """Somebody who wants to be a customer: own areas, the company's packages."""

    name = forms.CharField(label=_("Name"), max_length=120)
    phone = PhoneField(label=_("Phone"), max_length=20)
    address = forms.CharField(label=_("Address"), max_length=240)
    area = forms.ModelChoiceField(label=_("Area"), queryset=Area.objects.none())
    package = forms.ModelChoiceField(
        label=_("Package"), queryset=Package.objects.none(), required=False
    )

    def __init__(self, *args: Any, reseller: Reseller, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agreed = reseller.price_limits.values("package")
        packages = Package.objects.filter(archived_at=None).order_by("name")
        if agreed.exists():
            packages = packages.filter(pk__in=agreed)
        for name, rows in (("area", reseller.areas.order_by("name")), ("package", packages)):
            choose_from(self, name, rows)
