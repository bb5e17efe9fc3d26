"""Forms about cash in drawers: opening, counting, handing over, the bank, closing a day."""

import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from billing.ledger.forms.amounts import AmountField
from billing.tills.models import CashBanking, Shift
from ispbill.accounts.models import Branch, User
from ispbill.core.choosing import choose_from, show_choices
from ispbill.core.demands import demand
from ispbill.core.fields import DayField, NumberField
from ispbill.core.models import Company
from ispbill.core.money import ZERO
from payments.desk.queries import tills
from payments.desk.rules import denominations

_REASON = forms.Textarea(attrs={"rows": 2})


class OpenShift(forms.Form):
    """What one does with the cash, where, and the float that is in the drawer."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Work"),
        choices=Shift.Kind.choices,
        widget=forms.RadioSelect,
        initial=Shift.Kind.DESK,
    )
    branch = forms.ModelChoiceField(label=gettext_lazy("Branch"), queryset=Branch.objects.none())
    float_amount = AmountField(
        label=gettext_lazy("Float"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Change you take out of the safe to begin with. Empty: none."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branches = Branch.objects.filter(archived_at=None).order_by("name")
        if user.branch_id is not None:
            branches = branches.filter(pk=user.branch_id)
        field = self.fields["branch"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = branches
            field.initial = branches.first()

    def clean_float_amount(self) -> Decimal:
        return self.cleaned_data["float_amount"] or ZERO


class Float(forms.Form):
    """More change out of the safe."""

    amount = AmountField(label=gettext_lazy("Amount"), max_length=20)


class Count(forms.Form):
    """How many of each note and coin; the difference wants a reason."""

    loose = AmountField(
        label=gettext_lazy("Other change"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Everything that is not in the list, as an amount."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason of a difference"),
        required=False,
        max_length=400,
        widget=_REASON,
        help_text=gettext_lazy("At least ten characters, when there is one."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        demand(self, "reason")  # shown only where the count differs
        self.pieces = denominations.of(Company.current().currency)
        counts = {
            self._name(piece): forms.IntegerField(
                label=piece,
                required=False,
                min_value=0,
                max_value=99_999,
                widget=forms.NumberInput(
                    attrs={"inputmode": "numeric", "data-piece": piece, "placeholder": "0"}
                ),
            )
            for piece in self.pieces
        }
        self.fields = {**counts, **self.fields}

    def clean_loose(self) -> Decimal:
        # An empty drawer is an amount too: "0" is what an AmountField refuses and a count allows.
        return self.cleaned_data["loose"] or ZERO

    @property
    def rows(self) -> list[Any]:
        """The fields of the pieces, bound."""
        return [self[self._name(piece)] for piece in self.pieces]

    def counted(self) -> dict[str, int]:
        """Return how many of each piece there are."""
        return {
            piece: self.cleaned_data[self._name(piece)]
            for piece in self.pieces
            if self.cleaned_data.get(self._name(piece))
        }

    @staticmethod
    def _name(piece: str) -> str:
        return f"piece_{piece.replace('.', '_')}"


class HandOver(forms.Form):
    """Cash for somebody else, who will count it."""

    to_person = forms.ModelChoiceField(
        label=gettext_lazy("To whom"), queryset=User.objects.none(), empty_label=None
    )
    amount = AmountField(label=gettext_lazy("Amount"), max_length=20)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)

    def __init__(self, *args: Any, shift: Shift, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "to_person", tills.receivers(shift))
        if shift.held_amount:
            self.fields["amount"].initial = f"{shift.held_amount:.2f}"


class Accept(forms.Form):
    """What the receiver has counted."""

    counted = AmountField(label=gettext_lazy("You counted"), max_length=20)


class Sign(forms.Form):
    """The count a supervisor saw and confirms."""

    seen = NumberField(widget=forms.HiddenInput)


class Banking(forms.Form):
    """Cash to the bank or from it."""

    way = forms.ChoiceField(
        label=gettext_lazy("Which way"),
        choices=CashBanking.Way.choices,
        widget=forms.RadioSelect,
        initial=CashBanking.Way.TO_BANK,
    )
    amount = AmountField(label=gettext_lazy("Amount"), max_length=20)
    slip_number = forms.CharField(
        label=gettext_lazy("Slip number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("As printed on the bank's slip or the cheque."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4()


class CloseDay(forms.Form):
    """A remark that is printed on the closing; the amount that was seen."""

    note = forms.CharField(
        label=gettext_lazy("Remark"), required=False, max_length=400, widget=_REASON
    )


class FindShifts(forms.Form):
    """The filters of the list of shifts, from the address; what cannot be read is left out."""

    ranges = {"since": gettext_lazy("Cash day")}

    person = forms.IntegerField(label=gettext_lazy("Person"), required=False)
    branch = forms.IntegerField(label=gettext_lazy("Branch"), required=False)
    state = forms.ChoiceField(
        required=False,
        choices=[("", gettext_lazy("Any state")), *Shift.State.choices],
        widget=forms.HiddenInput,
    )
    since = DayField(label=gettext_lazy("From"), required=False)
    until = DayField(label=gettext_lazy("To"), required=False)
    only_differences = forms.BooleanField(
        label=gettext_lazy("Only with a difference"), required=False
    )

    def offer(self, *, people: Iterable[User], branches: Iterable[Branch]) -> None:
        """Put people and branches to choose from into the filters."""
        for name, found in (("person", people), ("branch", branches)):
            named = ((one.pk, one.name) for one in found)
            show_choices(self, name, [("", gettext_lazy("Any")), *named])

    def narrow_to_own(self) -> None:
        """Leave out what narrows by person and branch: whose shifts they are is plain."""
        del self.fields["person"], self.fields["branch"]

    def filters(self) -> tills.Filters:
        """Return the readable filters."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return tills.Filters(**given)
