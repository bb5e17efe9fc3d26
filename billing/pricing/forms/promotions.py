"""Promotions and price changes, as people type them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.ledger.forms.reasons import OTHER, ReasonForm
from billing.pricing.models import PriceChange, Promotion
from billing.pricing.services.price_changes import Wanted
from billing.pricing.services.promotions import Offer
from customers.forms.packages import list_name
from customers.models import Cycle, Package
from customers.queries import packages, prices
from ispbill.core.choosing import choose_from
from ispbill.core.demands import demand
from ispbill.core.fields import DayField, MoneyField, NumberField


class PromotionForm(forms.Form):
    """What a promotion gives, how long, and to whom."""

    name = forms.CharField(label=_("Name on the bill"), max_length=80)
    local_name = forms.CharField(label=_("Name in local script"), max_length=80, required=False)
    code = forms.SlugField(
        label=_("Code"),
        max_length=24,
        required=False,
        help_text=_("Customers can redeem it themselves. Left empty, only staff grant it."),
    )
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
        help_text=_("Whole periods; the days before the first whole one come on top."),
    )
    ends_on = DayField(
        label=_("No discount from this day on"),
        required=False,
        help_text=_("Left empty, the periods alone decide, or it lasts until it is ended."),
    )
    valid_from = DayField(label=_("Can be granted from"))
    valid_until = DayField(label=_("To, this day included"), required=False)
    max_grants = forms.IntegerField(
        label=_("At most so many times"), required=False, min_value=1, max_value=10_000_000
    )
    is_stackable = forms.BooleanField(label=_("May be combined with others"), required=False)
    is_for_new_only = forms.BooleanField(label=_("For new customers only"), required=False)
    packages = forms.ModelMultipleChoiceField(
        label=_("Only for these packages"),
        queryset=Package.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: for all of them."),
    )

    def __init__(self, *args: Any, promotion: Promotion | None = None, **kwargs: Any) -> None:
        if promotion is not None:
            kwargs["initial"] = _shown(promotion)
        super().__init__(*args, **kwargs)
        demand(self, "percent")  # one of the two
        demand(self, "amount")
        field = self.fields["packages"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - narrows
        field.queryset = packages.sold()

    def clean(self) -> dict[str, Any]:
        read: dict[str, Any] = super().clean() or self.cleaned_data
        if (read.get("percent") is None) == (read.get("amount") is None):
            self.add_error("percent", _("Give a percentage or an amount, one of the two."))
        return read

    def offer(self) -> Offer:
        """Return what was filled in."""
        read = dict(self.cleaned_data)
        read.pop("packages")
        percent = read.pop("percent")
        return Offer(rate=percent / 100 if percent is not None else None, **read)


def _shown(promotion: Promotion) -> dict[str, Any]:
    names = ("name", "local_name", "code", "amount", "cycles", "ends_on", "valid_from",
             "valid_until", "max_grants", "is_stackable", "is_for_new_only")  # fmt: skip
    shown = {name: getattr(promotion, name) for name in names}
    if promotion.rate is not None:
        shown["percent"] = f"{(promotion.rate * 100).normalize():f}"
    return shown | {"packages": list(promotion.packages.values_list("pk", flat=True))}


class PriceChangeForm(ReasonForm):
    """A price from a day on, for new services or for all."""

    reasons = (
        ("COST", _("Costs have changed")),
        ("MARKET", _("Market prices have changed")),
        ("CAMPAIGN", _("Campaign")),
        OTHER,
    )
    package = forms.ModelChoiceField(label=_("Package"), queryset=Package.objects.none())
    cycle = forms.ChoiceField(label=_("Billing cycle"), choices=Cycle.choices)
    price_list = forms.ChoiceField(label=_("Price list"), required=False)
    effective_from = DayField(label=_("From"))
    amount = MoneyField(label=_("New price"))
    includes_tax = forms.TypedChoiceField(
        label=_("The price is"),
        choices=[("net", _("without tax")), ("gross", _("with tax"))],
        coerce=lambda value: value == "gross",
        widget=forms.RadioSelect,
    )
    scope = forms.ChoiceField(
        label=_("For"), choices=PriceChange.Scope.choices, widget=forms.RadioSelect, initial="ALL"
    )
    is_noticed = forms.BooleanField(
        label=_("Tell customers before it takes effect"), required=False, initial=True
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "package", packages.sold())
        self.lists = {one.key: one for one in prices.lists()}
        choice = self.fields["price_list"]
        choice.choices = [(key, list_name(one)) for key, one in self.lists.items()]  # type: ignore[attr-defined]
        first = on + timedelta(days=1)
        self.fields["effective_from"].widget.attrs["min"] = first.isoformat()

    def wanted(self) -> Wanted:
        """Return what was filled in."""
        read = self.cleaned_data
        chosen = self.lists[read["price_list"]]
        return Wanted(
            package=read["package"],
            cycle=read["cycle"],
            effective_from=read["effective_from"],
            amount=read["amount"],
            includes_tax=read["includes_tax"],
            scope=read["scope"],
            is_noticed=read["is_noticed"],
            branch_id=chosen.branch_id,
            reseller_id=chosen.reseller_id,
        )


class CancelChangeForm(ReasonForm):
    reasons = (("MISTAKE", _("Planned by mistake")), ("LATER", _("Not yet")), OTHER)
