"""What customers change about themselves in the portal."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.services.contacts import Wishes
from ispbill.core.fields import PhoneField
from ispbill.notifications.rules import wishes
from ispbill.notifications.rules.events import EVENTS

ABOUT = {
    "reminders": _("Bills and prepaid time"),
    "usage": _("Data used"),
    "outages": _("Outages and works"),
    "visits": _("Technicians' visits"),
    "tickets": _("Your requests"),
    "contracts": _("Contracts"),
}


class NewPhone(forms.Form):
    """Another phone number."""

    value = PhoneField(
        label=_("New phone number"), widget=forms.TextInput(attrs={"autocomplete": "tel"})
    )


class NewEmail(forms.Form):
    """Another e-mail address."""

    value = forms.EmailField(
        label=_("New e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class Proof(forms.Form):
    """The code that was sent to the new phone or e-mail."""

    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )


class Choices(forms.Form):
    """By which ways somebody wants to be told, and of what."""

    wants_sms = forms.BooleanField(label=_("SMS"), required=False)
    wants_whatsapp = forms.BooleanField(label=_("WhatsApp"), required=False)
    wants_email = forms.BooleanField(label=_("E-mail"), required=False)
    wants_reminders = forms.BooleanField(
        label=_("Reminders: bill due, data or prepaid time nearly used up"), required=False
    )
    wants_marketing = forms.BooleanField(label=_("Offers and news"), required=False)

    events_shown = forms.BooleanField(required=False, widget=forms.HiddenInput, initial=True)

    def __init__(self, *args: Any, refused: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for event in wishes.CHOOSABLE:
            self.fields[f"event_{event}"] = forms.BooleanField(
                label=gettext(EVENTS[event].title), required=False, initial=event not in refused
            )

    def ways(self) -> list[BoundField]:
        """Return the fields that are about no single event."""
        return [field for field in self.visible_fields() if not field.name.startswith("event_")]

    def events(self) -> list[tuple[str, list[BoundField]]]:
        """Return the single events under what they are about."""
        return [
            (str(ABOUT[about]), [self[f"event_{event}"] for event in events])
            for about, events in wishes.CHOICES
        ]

    def wishes(self) -> Wishes:
        """Return what was chosen; a page that showed no single events leaves them as they are."""
        given = self.cleaned_data
        chosen = {name: given[name] for name in self.base_fields if name != "events_shown"}
        refused = [one for one in wishes.CHOOSABLE if not given[f"event_{one}"]]
        return Wishes(
            **chosen, refused_events=frozenset(refused) if given["events_shown"] else None
        )
