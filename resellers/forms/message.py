"""A text to own customers: typed, looked at, sent."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.bulk import BulkMessage
from resellers.models import ResellerMessage

Audience = ResellerMessage.Audience


class OwnMessage(BulkMessage):
    """What is written, and to whom; one customer alone is named by the address."""

    audience = forms.ChoiceField(label=_("To"), choices=Audience.choices)

    def __init__(self, *args: Any, is_to_one: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        one = Audience.ONE.value
        offered = [pair for pair in Audience.choices if (pair[0] == one) == is_to_one]
        self.fields["audience"].choices = offered  # type: ignore[attr-defined]
        self.order_fields(["audience"])
