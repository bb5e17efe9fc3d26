"""An address and what it is told."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.webhooks.rules.events import EVENTS


class EndpointForm(forms.Form):
    """Whom we tell, where, of what, and whether names and contacts go along."""

    name = forms.CharField(
        label=_("What is it for?"), max_length=80, help_text=_("Such as: the accounting program.")
    )
    url = forms.CharField(
        label=_("Address"), max_length=500, help_text=_("Begins with https:// and is public.")
    )
    events = forms.MultipleChoiceField(
        label=_("It is told of"),
        widget=forms.CheckboxSelectMultiple,
        choices=[(event, event) for event in EVENTS],
    )
    includes_personal = forms.BooleanField(
        label=_("Send names, phones, e-mails and addresses too"), required=False
    )
