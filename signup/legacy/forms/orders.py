"""Whose order of the former system it is, said by a person."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Area, Customer
from customers.queries import directory
from ispbill.accounts.models import User
from ispbill.core.choosing import choose_from
from signup.legacy.models import LegacyRecord


class MatchForm(forms.Form):
    """The customer, by account number."""

    customer = forms.CharField(label=gettext_lazy("Account number"), max_length=20)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_customer(self) -> Customer:
        """Return the customer with this number, in reach."""
        number = self.cleaned_data["customer"].strip().upper()
        found = directory.visible_to(self._user).filter(number=number).first()
        if found is None:
            raise forms.ValidationError(_("There is no customer with this number."))
        return found


class CreateForm(forms.Form):
    """Where the customer lives: the one thing the order cannot say in our words."""

    area = forms.ModelChoiceField(label=gettext_lazy("Area"), queryset=Area.objects.none())

    def __init__(self, *args: Any, record: LegacyRecord, **kwargs: Any) -> None:
        areas = Area.objects.filter(archived_at__isnull=True).select_related("branch")
        same = areas.filter(name__iexact=record.area).first() if record.area else None
        super().__init__(*args, **kwargs)
        self.fields["area"].initial = same
        choose_from(self, "area", areas.order_by("name"))
