"""What people may change about their own account."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ispbill.accounts.models import User


class Profile(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(label=_("Appearance"), choices=User.Theme.choices)
    density = forms.ChoiceField(label=_("Row height"), choices=User.Density.choices)
    hotkeys = forms.BooleanField(label=_("Single-key shortcuts"), required=False)


class Preferences(forms.Form):
    """One choice of the user's menu at a time; what is not sent stays as it is."""

    theme = forms.ChoiceField(choices=User.Theme.choices, required=False)
    density = forms.ChoiceField(choices=User.Density.choices, required=False)
    language = forms.ChoiceField(choices=settings.LANGUAGES, required=False)
    hotkeys = forms.ChoiceField(choices=[("on", "on"), ("off", "off")], required=False)


class Language(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)


class Pin(forms.Form):
    """A page of the console to keep at hand."""

    label = forms.CharField(max_length=120)
    url = forms.RegexField(r"^/admin/[^\s\\]*$", max_length=400)
