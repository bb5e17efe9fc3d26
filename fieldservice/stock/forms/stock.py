"""What staff are asked when stock is received, moved, given out, lost or counted."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Fee
from fieldservice.stock.models import StockItem, StockPlace
from fieldservice.stock.queries import stock
from fieldservice.stock.services.counting import Counted
from fieldservice.stock.services.issuing import Condition, Issued
from fieldservice.stock.services.items import About
from ispbill.accounts.models import Branch, User
from ispbill.core.fields import MoneyField, NumberField

_AMOUNTS = ("sale_amount", "deposit_amount", "replacement_amount")
_SERIALS = {"rows": 4, "autocapitalize": "characters", "spellcheck": "false"}


class ItemForm(forms.Form):
    """An item: what it is, how it is given out, what it costs a customer."""

    name = forms.CharField(label=_("Name"), max_length=80)
    unit = forms.CharField(label=_("Unit"), max_length=12, help_text=_("Such as piece or m."))
    kind = forms.ChoiceField(label=_("Kind"), choices=StockItem.Kind.choices)
    usual_way = forms.ChoiceField(label=_("Usually"), choices=StockItem.Way.choices)
    fee = forms.ModelChoiceField(
        label=_("Charged as"),
        queryset=Fee.objects.none(),
        required=False,
        help_text=_("The fee that gives a sale or a replacement its tax and its account."),
    )
    sale_amount = MoneyField(label=_("Sale price before tax"), required=False)
    deposit_amount = MoneyField(label=_("Deposit asked when lent"), required=False)
    replacement_amount = MoneyField(
        label=_("Charge when not given back, before tax"), required=False
    )
    reorder_level = NumberField(
        label=_("Order again below"),
        required=False,
        min_value=0,
        max_digits=10,
        decimal_places=2,
        help_text=_("For each branch; nothing: never."),
    )

    def __init__(self, *args: Any, item: StockItem | None = None, **kwargs: Any) -> None:
        if item is not None:
            known = {name: getattr(item, name) for name in self.base_fields}
            kwargs["initial"] = known | {"fee": item.fee_id} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        field: Any = self.fields["fee"]
        field.queryset = Fee.objects.filter(archived_at__isnull=True).order_by("name")

    def about(self) -> About:
        """Return what was typed; amounts not given are zero."""
        values = dict(self.cleaned_data)
        for name in (*_AMOUNTS, "reorder_level"):
            values[name] = values[name] or Decimal(0)
        return About(**values)


class _QuantityForm(forms.Form):
    """How much of an item, or which pieces of it."""

    quantity = NumberField(label=_("Quantity"), min_value=Decimal("0.01"), max_digits=10)
    serials = forms.CharField(
        label=_("Serial numbers"),
        widget=forms.Textarea(attrs=_SERIALS),
        help_text=_("One a line, or with commas between them."),
    )

    def __init__(self, *args: Any, item: StockItem, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("quantity" if item.is_serial else "serials")
        self.choose(user)

    def choose(self, user: User) -> None:
        """Offer the places this person may choose among."""
        for name in ("source", "target"):
            field: Any = self.fields.get(name)
            if field is not None:
                field.queryset = stock.ours(user)

    def much(self) -> dict[str, Any]:
        """Return the quantity and the serial numbers as services take them."""
        return {
            "quantity": self.cleaned_data.get("quantity") or Decimal(0),
            "serials": split(self.cleaned_data.get("serials", "")),
        }


class ReceiveForm(_QuantityForm):
    """What a supplier delivered."""

    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none())
    unit_cost = MoneyField(label=_("Cost of one, before tax"))
    reference = forms.CharField(label=_("Delivery note"), max_length=80, required=False)
    field_order = ("branch", "quantity", "serials", "unit_cost", "reference")

    def choose(self, user: User) -> None:
        """Offer the branches this person may receive for."""
        field: Any = self.fields["branch"]
        field.queryset = stock.branches(user)


class MoveForm(_QuantityForm):
    """From where to where."""

    source = forms.ModelChoiceField(label=_("From"), queryset=StockPlace.objects.none())
    target = forms.ModelChoiceField(label=_("To"), queryset=StockPlace.objects.none())
    field_order = ("source", "target", "quantity", "serials")


class LoseForm(_QuantityForm):
    """What is gone, and how that came."""

    source = forms.ModelChoiceField(label=_("From"), queryset=StockPlace.objects.none())
    reason = forms.CharField(
        label=_("Reason"), min_length=10, widget=forms.Textarea(attrs={"rows": 2})
    )
    field_order = ("source", "quantity", "serials", "reason")


class IssueForm(forms.Form):
    """What a customer gets at the desk."""

    item = forms.ModelChoiceField(label=_("Item"), queryset=StockItem.objects.none())
    source = forms.ModelChoiceField(label=_("From"), queryset=StockPlace.objects.none())
    way = forms.ChoiceField(label=_("How"), choices=StockItem.Way.choices)
    serial = forms.CharField(label=_("Serial number"), max_length=60, required=False)
    quantity = NumberField(label=_("Quantity"), min_value=Decimal("0.01"), initial=1, max_digits=10)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when it is given for nothing."),
    )

    def __init__(self, *args: Any, customer: Customer, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer
        item: Any = self.fields["item"]
        item.queryset = stock.visible_to(user).filter(archived_at=None).order_by("name")
        source: Any = self.fields["source"]
        source.queryset = stock.ours(user)

    def issued(self) -> Issued:
        """Return what was asked for; a piece with a serial number is one."""
        values = self.cleaned_data
        quantity = Decimal(1) if values["item"].is_serial else values["quantity"]
        return Issued(values["way"], quantity, values["serial"], self.customer.number)


class TakeBackForm(forms.Form):
    """What a piece is worth that a customer gives back, and where it goes."""

    condition = forms.ChoiceField(label=_("Condition"), choices=Condition.choices)
    target = forms.ModelChoiceField(
        label=_("To"),
        queryset=StockPlace.objects.none(),
        required=False,
        help_text=_("What is broken needs none: it is scrapped."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["target"]
        field.queryset = stock.ours(user)


class CountForm(forms.Form):
    """A count without the books: one field an item, empty where it was not counted."""

    reason = forms.CharField(
        label=_("Where does a difference come from?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when something differs. Another person looks at it."),
    )

    def __init__(self, *args: Any, items: list[StockItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for item in items:
            self.fields[f"item-{item.pk}"] = (
                forms.CharField(
                    label=item.name,
                    required=False,
                    widget=forms.Textarea(attrs=_SERIALS),
                    help_text=_("Serial numbers found; “none” where there is no piece."),
                )
                if item.is_serial
                else NumberField(
                    label=f"{item.name} ({item.unit})", required=False, min_value=0, max_digits=10
                )
            )
        self.order_fields([*[f"item-{item.pk}" for item in items], "reason"])

    def clean(self) -> dict[str, Any]:
        """Refuse a count of nothing."""
        values = super().clean() or {}
        if not self.errors and not self.found():
            raise forms.ValidationError(_("Count at least one item."))
        return values

    def found(self) -> dict[int, Counted]:
        """Return what was counted, by the item's id."""
        made: dict[int, Counted] = {}
        for item in self.items:
            value = self.cleaned_data.get(f"item-{item.pk}")
            if value in (None, ""):
                continue
            if not item.is_serial:
                made[item.pk] = Counted(value)
            else:
                nothing = str(value).strip().lower() in {"none", "-", "0", "নেই"}
                made[item.pk] = Counted(serials=() if nothing else split(str(value)))
        return made


class ReasonForm(forms.Form):
    """Why a customer is charged, or a count is refused."""

    reason = forms.CharField(
        label=_("Reason"), min_length=10, widget=forms.Textarea(attrs={"rows": 2})
    )


def split(text: str) -> list[str]:
    """Return serial numbers typed or scanned one after the other."""
    return [part.strip() for part in re.split(r"[\n,;]+", text) if part.strip()]
