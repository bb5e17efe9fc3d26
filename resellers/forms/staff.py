"""What staff say about a reseller: who it is, limits, plan, prices, users, money, moves."""

import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.ledger.forms.amounts import AmountField
from customers.models import Area, Package
from customers.queries import areas
from ispbill.accounts.models import Branch, User
from ispbill.audit.forms import ReasonField
from ispbill.core.choosing import choose_from
from ispbill.core.fields import DayField, MoneyField, NumberField, PhoneField
from ispbill.core.uploads import UploadField
from resellers.models import PlanVersion, Reseller, ResellerUser, Transfer
from resellers.rules.tiers import Tier
from resellers.services.branding import MOST_BYTES
from resellers.services.onboarding import Details
from resellers.services.terms import Plan

_PERCENT: dict[str, Any] = {"max_digits": 6, "decimal_places": 3, "min_value": 0, "max_value": 100}


class PercentField(NumberField):
    """A fraction, shown and typed in percent."""

    def prepare_value(self, value: Any) -> Any:
        """Return a stored fraction in percent; what was typed stays as it is."""
        return f"{(value * 100).normalize():f}" if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        """Return the fraction."""
        found = super().clean(value)
        return found / 100 if found is not None else Decimal(0)


class Apply(forms.Form):
    """A new reseller; it works once it is activated."""

    name = forms.CharField(label=_("Name"), max_length=120)
    phone = PhoneField(label=_("Phone"), max_length=20)
    email = forms.EmailField(label=_("E-mail"), help_text=_("The partner signs in with it."))
    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none())
    areas = forms.ModelMultipleChoiceField(
        label=_("Areas"), queryset=Area.objects.none(), required=False
    )
    kind = forms.ChoiceField(
        label=_("How money moves"), choices=Reseller.Kind.choices, widget=forms.RadioSelect
    )
    percent = NumberField(label=_("Share (%)"), **_PERCENT)
    payout_account = forms.CharField(
        label=_("Payout account"),
        max_length=80,
        required=False,
        help_text=_("Bank account or bKash number."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branches = areas.branches(user)
        for name, rows in (
            ("branch", branches),
            ("areas", Area.objects.filter(branch__in=branches).order_by("name")),
        ):
            choose_from(self, name, rows)

    def details(self) -> Details:
        """Return what was typed, as the service takes it."""
        given = self.cleaned_data
        return Details(
            name=given["name"],
            phone=given["phone"],
            email=given["email"],
            branch=given["branch"],
            kind=given["kind"],
            commission_rate=given["percent"] / 100,
            payout_account=given["payout_account"],
            areas=list(given["areas"]),
        )


class Limits(forms.Form):
    """How far a reseller may go, and what it may do."""

    payout_account = forms.CharField(label=_("Payout account"), max_length=80, required=False)
    collection_limit = MoneyField(label=_("Cash held at most"))
    remit_days = forms.IntegerField(label=_("Days to remit"), min_value=1, max_value=90)
    credit_limit = MoneyField(label=_("Credit limit of the wallet"))
    minimum_top_up = MoneyField(label=_("Smallest top-up"))
    low_mark = MoneyField(label=_("Wallet is low below"))
    minimum_payout = MoneyField(label=_("Smallest payout"))
    withholding_rate = PercentField(
        label=_("Tax withheld of payouts (%)"),
        help_text=_("Kept for the state, account 2370."),
        required=False,
        **_PERCENT,
    )
    may_collect = forms.BooleanField(label=_("May collect payments"), required=False)
    may_add_customers = forms.BooleanField(label=_("May add customers"), required=False)
    needs_approval = forms.BooleanField(
        label=_("The office agrees before somebody is a customer"), required=False
    )
    may_export = forms.BooleanField(label=_("May export customers"), required=False)
    may_message = forms.BooleanField(label=_("May write to customers"), required=False)
    messages_a_day = forms.IntegerField(label=_("Messages a day"), min_value=0, max_value=100_000)
    discount_limit = PercentField(
        label=_("Largest discount for a customer (%)"),
        help_text=_("0: the partner gives none."),
        required=False,
        **_PERCENT,
    )
    reason = ReasonField()


class BrandForm(forms.Form):
    """A reseller beside the house on its customers' papers."""

    is_co_branded = forms.BooleanField(
        label=_("Show beside the company’s name on its customers’ papers"), required=False
    )
    brand_name = forms.CharField(
        label=_("Name shown"), max_length=60, required=False, help_text=_("Empty: the reseller’s.")
    )
    brand_phone = PhoneField(label=_("Phone shown"), max_length=20, required=False)
    logo = UploadField(
        label=_("Logo"),
        most_bytes=MOST_BYTES,
        accept="image/png,image/jpeg",
        required=False,
        help_text=_("PNG or JPEG, 1 MB at most."),
    )
    drops_logo = forms.BooleanField(label=_("Take the logo away"), required=False)
    reason = ReasonField()


class PlanForm(forms.Form):
    """How the share is counted from a day on."""

    kind = forms.ChoiceField(label=_("Plan"), choices=PlanVersion.Kind.choices)
    percent = NumberField(
        label=_("Default share (%)"), help_text=_("In tiers: the first tier's."), **_PERCENT
    )
    packages = forms.CharField(
        label=_("Share by package"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line: name of the package = percent."),
    )
    tiers = forms.CharField(
        label=_("Tiers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line: monthly volume from = percent. The first is 0."),
    )
    manner = forms.ChoiceField(label=_("Tiers count"), choices=PlanVersion.Manner.choices)
    cap_per_payment = MoneyField(label=_("At most per payment"), required=False)
    cap_per_month = MoneyField(label=_("At most per month"), required=False)
    activation_amount = MoneyField(
        label=_("For each new service"),
        required=False,
        help_text=_("Once, when its first bill is paid."),
    )
    clawback_days = forms.IntegerField(
        label=_("Taken back if it ends within (days)"),
        min_value=0,
        max_value=999,
        initial=90,
        required=False,
    )
    effective_from = DayField(label=_("From"))
    reason = ReasonField()

    def clean_packages(self) -> dict[int, Decimal]:
        known = {package.name.casefold(): package.pk for package in Package.objects.all()}
        found = {}
        for name, percent in _pairs(self.cleaned_data["packages"]):
            if name.casefold() not in known:
                raise forms.ValidationError(_("There is no package “%(name)s”.") % {"name": name})
            found[known[name.casefold()]] = _number(percent) / 100
        return found

    def clean_tiers(self) -> list[Tier]:
        pairs = _pairs(self.cleaned_data["tiers"])
        return [Tier(_number(start), _number(percent) / 100) for start, percent in pairs]

    def plan(self) -> Plan:
        """Return what was typed, as the service takes it."""
        given = self.cleaned_data
        return Plan(
            kind=given["kind"],
            rate=given["percent"] / 100,
            package_rates=given["packages"],
            tiers=given["tiers"],
            manner=given["manner"],
            cap_per_payment=given["cap_per_payment"],
            cap_per_month=given["cap_per_month"],
            activation_amount=given["activation_amount"] or Decimal("0.00"),
            clawback_days=90 if given["clawback_days"] is None else given["clawback_days"],
        )


class Price(forms.Form):
    """What a package costs the reseller, and between which net prices it is sold on."""

    package = forms.ModelChoiceField(label=_("Package"), queryset=Package.objects.none())
    buy = MoneyField(label=_("Buying price"), required=False)
    floor = MoneyField(
        label=_("Lowest price"), required=False, help_text=_("Empty: the buying price.")
    )
    ceiling = MoneyField(
        label=_("Highest price"), required=False, help_text=_("Empty: a quarter above the list.")
    )
    reason = ReasonField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "package", Package.objects.filter(archived_at=None).order_by("name"))


class NewUser(forms.Form):
    """Somebody else of the reseller who signs in."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"))
    rights = forms.ChoiceField(label=_("Rights"), choices=ResellerUser.Rights.choices)


class Money(forms.Form):
    """Money to or from a reseller."""

    amount = AmountField(label=_("Amount"), max_length=20)
    method = forms.ChoiceField(
        label=_("Paid by"), choices=Transfer.Method.choices, initial=Transfer.Method.EFT
    )
    reference = forms.CharField(
        label=_("Reference"),
        max_length=80,
        required=False,
        help_text=_("TrxID, cheque or transfer number."),
    )
    key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)


class Move(forms.Form):
    """Customers, by number, and who has them from which day on."""

    customers = forms.CharField(
        label=_("Customers"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Numbers like CT-2026-00012, one a line or with commas."),
    )
    first_day = DayField(label=_("From"))
    to = forms.ModelChoiceField(
        label=_("To"),
        queryset=Reseller.objects.none(),
        required=False,
        empty_label=_("The company itself"),
    )
    confirmed = forms.BooleanField(
        label=_("Also those outside its areas or price limits"), required=False
    )
    reason = ReasonField()

    def __init__(self, *args: Any, resellers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "to", resellers)

    def numbers(self) -> list[str]:
        """Return the numbers as they were typed, tidied."""
        typed: str = self.cleaned_data["customers"]
        return typed.upper().replace(",", " ").split()


class MoveMany(Move):
    """The ticked customers, and who has them from which day on."""

    customers = None  # type: ignore[assignment]


def _pairs(text: str) -> list[tuple[str, str]]:
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, mark, value = line.rpartition("=")
        if not mark:
            raise forms.ValidationError(_("Write “%(line)s” with an equals sign.") % {"line": line})
        found.append((name.strip(), value.strip()))
    return found


def _number(text: str) -> Decimal:
    number: Decimal = NumberField(max_digits=14, decimal_places=3).clean(text)
    return number
