"""Discounts of one service, as people type them."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.ledger.forms.reasons import OTHER, ReasonForm
from billing.pricing.models import Promotion
from billing.pricing.queries import discounts as discount_queries
from billing.pricing.services.discounts import Given
from ispbill.core.choosing import choose_from
from ispbill.core.demands import demand
from ispbill.core.fields import MoneyField, NumberField


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
        choose_from(self, "promotion", discount_queries.on_offer(on=on))


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
        label=_("Percent"),
        required=False,
        min_value=Decimal("0.001"),
        max_value=100,
        decimal_places=3,
    )
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
