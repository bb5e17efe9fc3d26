"""What customers change about themselves in the portal."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.services.contacts import Wishes
from ispbill.core.fields import PhoneField


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

    def wishes(self) -> Wishes:
        """Return what was chosen."""
        return Wishes(**self.cleaned_data)
