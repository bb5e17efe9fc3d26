"""A receipt of a lost phone, typed in from the customer's paper."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fieldservice.rounds.models import RoundDevice
from fieldservice.rounds.queries import rounds
from fieldservice.rounds.rules import numbers
from fieldservice.rounds.services.receipts import Taken
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.fields import DayField, MoneyField


class TypedInForm(forms.Form):
    """What stands on the paper: number, customer, amount, day and hour; and why it is typed."""

    number = forms.CharField(
        label=_("Number of the receipt"), max_length=15, help_text=_("Such as PR-K7Q2-00017-H.")
    )
    customer = forms.CharField(label=_("Customer number"), max_length=20)
    amount = MoneyField(label=_("Cash received"))
    day = DayField(label=_("Day"))
    hour = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    reason = forms.CharField(
        label=_("Reason"), min_length=10, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.device: RoundDevice | None = None

    def clean_number(self) -> str:
        """Refuse a number whose check character or phone is wrong."""
        number = str(self.cleaned_data["number"]).strip().upper()
        try:
            code, _counter = numbers.read(number)
        except ValueError:
            raise forms.ValidationError(_("This number was mistyped.")) from None
        self.device = RoundDevice.objects.select_related("person").filter(code=code).first()
        if self.device is None:
            raise forms.ValidationError(_("No phone has such numbers."))
        return number

    def clean(self) -> dict[str, Any]:
        """Refuse a customer the collector cannot collect from, and a time that has not come."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.device is not None and values.get("customer"):
            wanted = values["customer"].strip().upper()
            own = rounds.payable_by(self.device.person) & rounds.payable_by(self.user)
            values["customer"] = own.filter(number=wanted).first()
            if values["customer"] is None:
                self.add_error("customer", _("There is no customer with this number."))
        if values.get("day") and values.get("hour"):
            values["at"] = datetime.combine(values["day"], values["hour"], tzinfo=clock.zone())
            if values["at"] > clock.now():
                self.add_error("hour", _("This time has not come yet."))
        return values

    def taken(self) -> Taken:
        """Return the receipt as a phone would have sent it."""
        values, now = self.cleaned_data, clock.now()
        return Taken(values["number"], values["customer"], values["amount"], values["at"], now)
