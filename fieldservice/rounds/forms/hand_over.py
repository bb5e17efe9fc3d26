"""What is asked before cash goes to a cashier, and when something odd was looked into."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.accounts.capabilities import CAPABILITIES
from ispbill.accounts.models import User
from ispbill.core.fields import MoneyField


class HandOverForm(forms.Form):
    """How much, and to whom."""

    amount = MoneyField(label=_("Amount"))
    to_person = forms.ModelChoiceField(label=_("To"), queryset=User.objects.none())

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        takers = CAPABILITIES["payments.take"] - {User.Role.COLLECTOR}
        found = User.objects.filter(role__in=takers, is_active=True).exclude(pk=user.pk)
        if user.branch_id is not None:
            found = found.filter(branch=user.branch_id) | found.filter(branch=None)
        field: Any = self.fields["to_person"]
        field.queryset = found.order_by("name", "pk")


class LookedIntoForm(forms.Form):
    """What came of looking into something odd."""

    reason = forms.CharField(
        label=_("Reason"), min_length=10, widget=forms.Textarea(attrs={"rows": 2})
    )
