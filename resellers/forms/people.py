"""Who of a reseller signs in, and with which rights."""

from django import forms
from django.utils.translation import gettext_lazy as _

from resellers.models import ResellerUser


class UserRights(forms.Form):
    """What somebody may do, and whether they sign in at all."""

    rights = forms.ChoiceField(label=_("Rights"), choices=ResellerUser.Rights.choices)
    is_active = forms.BooleanField(label=_("May sign in"), required=False)
