"""Forms about batches of recharge cards."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.ledger.forms.amounts import AmountField
from customers.models import Package
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import Branch, User
from ispbill.core.demands import demand
from ispbill.core.fields import DayField
from payments.prepaid.models import VoucherBatch
from payments.prepaid.models.voucher import LARGEST_BATCH
from payments.prepaid.queries import vouchers as queries
from payments.prepaid.queries.voucher_paper import PER_PAGE

_PAID = [(code, label) for code, label in VoucherBatch.PaidInto.choices if code != "ON_ACCOUNT"]


class NewBatch(forms.Form):
    """What cards to make, for whom, at which price."""

    kind = forms.ChoiceField(
        label=gettext_lazy("A card is worth"),
        choices=VoucherBatch.Kind.choices,
        widget=forms.RadioSelect,
        initial="VALUE",
    )
    value = AmountField(
        label=gettext_lazy("Value of a card"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("With tax: what comes on the customer's account."),
    )
    package = forms.ModelChoiceField(
        label=gettext_lazy("Package"), queryset=Package.objects.none(), required=False
    )
    periods = forms.IntegerField(
        label=gettext_lazy("Months"),
        min_value=1,
        max_value=24,
        initial=1,
        required=False,
        help_text=gettext_lazy("For a package: its price with tax, times the months."),
    )
    price = AmountField(
        label=gettext_lazy("Price of a card to its seller"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Left empty: its value. Less: the difference is the seller's."),
    )
    count = forms.IntegerField(
        label=gettext_lazy("Cards"), min_value=1, max_value=LARGEST_BATCH, initial=100
    )
    valid_until = DayField(
        label=gettext_lazy("Good until"),
        help_text=gettext_lazy("The last day a card can be redeemed."),
    )
    branch = forms.ModelChoiceField(
        label=gettext_lazy("Branch"), queryset=Branch.objects.none(), empty_label=None
    )
    reseller: Any = forms.ModelChoiceField(
        label=gettext_lazy("Reseller who sells them"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("The branch itself"),
    )

    def __init__(self, *args: Any, user: User, on: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        demand(self, "value", by="kind", values=[VoucherBatch.Kind.VALUE])
        demand(self, "package", by="kind", values=[VoucherBatch.Kind.PACKAGE])
        demand(self, "periods", by="kind", values=[VoucherBatch.Kind.PACKAGE])
        self.on = on
        branches, own = Branch.objects.order_by("name"), branch_scope(user)
        sellers = VoucherBatch._meta.get_field("reseller").related_model._default_manager.filter(
            status="ACTIVE"
        )
        if own is not None:
            branches, sellers = branches.filter(pk=own), sellers.filter(branch=own)
        self.fields["branch"].queryset = branches  # type: ignore[attr-defined]
        self.fields["reseller"].queryset = sellers.order_by("name")  # type: ignore[attr-defined]
        self.fields["package"].queryset = Package.objects.filter(  # type: ignore[attr-defined]
            archived_at=None
        ).order_by("name")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("kind") == VoucherBatch.Kind.PACKAGE:
            self._price_package(given)
        else:
            given["package"], given["periods"] = None, 0
            if given.get("value") is None and "value" not in self.errors:
                self.add_error("value", _("Enter an amount."))
        if given.get("price") is None:
            given["price"] = given.get("value")
        reseller, branch = given.get("reseller"), given.get("branch")
        if reseller is not None and branch is not None and reseller.branch_id != branch.pk:
            self.add_error("reseller", _("This reseller belongs to another branch."))
        return given

    def _price_package(self, given: dict[str, Any]) -> None:
        package, periods = given.get("package"), given.get("periods")
        if package is None:
            self.add_error("package", _("Choose a package."))
            return
        price = queries.price_of_period(package.pk, on=self.on)
        if not price:
            self.add_error("package", _("This package has no monthly price."))
        elif periods is None:
            self.add_error("periods", _("How many months?"))
        else:
            given["value"] = price * periods


class Sell(forms.Form):
    """Where the money for a batch went."""

    paid_into = forms.ChoiceField(
        label=gettext_lazy("Paid into"),
        choices=VoucherBatch.PaidInto.choices,
        widget=forms.RadioSelect,
        initial="CASH",
    )


class Collect(forms.Form):
    """What a buyer on account pays."""

    amount = AmountField(label=gettext_lazy("Amount"), max_length=20)
    paid_into = forms.ChoiceField(
        label=gettext_lazy("Paid into"), choices=_PAID, widget=forms.RadioSelect, initial="CASH"
    )
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=80, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class Sheet(forms.Form):
    """How the cards are printed."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=[("en", "English"), ("bn", "বাংলা")]
    )
    per_page = forms.TypedChoiceField(
        label=gettext_lazy("Cards a page"), choices=[(n, str(n)) for n in PER_PAGE], coerce=int
    )
