"""A new token."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.api.rules import scopes as rules


class TokenForm(forms.Form):
    """What a token is for, what it may do, how long it lives."""

    name = forms.CharField(
        label=_("What is it for?"), max_length=80, help_text=_("Such as: the accountant's script.")
    )
    scopes = forms.MultipleChoiceField(label=_("It may"), widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(
        label=_("It lives for (days)"), min_value=1, max_value=rules.MOST_DAYS, initial=rules.DAYS
    )

    def __init__(self, *args: Any, offered: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["scopes"]
        field.choices = [(scope, scope) for scope in offered]
