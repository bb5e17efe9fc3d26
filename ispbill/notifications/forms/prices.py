"""What the owner types about the price of messages."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.core import clock
from ispbill.core.fields import DayField, NumberField
from ispbill.notifications.models import Message, MessageProvider
from ispbill.notifications.services.prices import Plan

_BEGINS_A_NUMBER = re.compile(r"\+[1-9][0-9]{0,14}")
_CHANNELS = (Message.Channel.SMS, Message.Channel.WHATSAPP)


class PriceForm(forms.Form):
    """What one part of a message costs from a day on."""

    channel = forms.ChoiceField(
        label=_("Channel"), choices=[(one.value, one.label) for one in _CHANNELS]
    )
    provider = forms.ChoiceField(label=_("Provider"), required=False)
    begins_with = forms.CharField(
        label=_("Numbers that begin with"),
        required=False,
        max_length=16,
        help_text=_("With the country, +88017 for one network. Empty: every number."),
    )
    price = NumberField(
        label=_("Price of one part"),
        min_value=0,
        max_digits=10,
        decimal_places=4,
        help_text=_("A WhatsApp message is one part."),
    )
    valid_from = DayField(label=_("From"))

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("initial", {"valid_from": clock.today()})
        super().__init__(*args, **options)
        kinds = [(kind.value.lower(), kind.label) for kind in MessageProvider.Kind]
        self.fields["provider"].choices = [("", _("Any provider")), *kinds]  # type: ignore[attr-defined]

    def clean_begins_with(self) -> str:
        typed = re.sub(r"[\s-]", "", self.cleaned_data["begins_with"])
        if typed and not _BEGINS_A_NUMBER.fullmatch(typed):
            raise forms.ValidationError(_("Write it with + and the country, like +88017."))
        return typed

    def plan(self) -> Plan:
        """Return the price as typed."""
        typed = dict(self.cleaned_data)
        return Plan(prefix=typed.pop("begins_with"), **typed)
