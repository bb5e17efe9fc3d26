"""What staff type about RADIUS."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.audit.forms import ReasonField
from network.radius.models import RadiusNas
from network.radius.services.routers import Door
from network.rules import logins

LEAST_SECRET = 12


class DoorForm(forms.Form):
    """How a router asks RADIUS; the secret is never shown again."""

    address = forms.GenericIPAddressField(
        label=_("Address it asks from"),
        unpack_ipv4=True,
        help_text=_("What its packets come from, as FreeRADIUS sees it."),
    )
    secret = forms.CharField(
        label=_("Shared secret"),
        min_length=LEAST_SECRET,
        max_length=60,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("The same as in the router's /radius; at least twelve characters."),
    )
    coa_port = forms.IntegerField(
        label=_("Port it listens on for changes"),
        min_value=1,
        max_value=65535,
        initial=3799,
        help_text=_("The port of the router's /radius incoming."),
    )
    ipv6_pool = forms.CharField(
        label=_("Pool of delegated IPv6 prefixes"),
        max_length=60,
        required=False,
        help_text=_("Its name on the router; empty gives none."),
    )
    reason = ReasonField()

    def __init__(self, *args: Any, nas: RadiusNas | None = None, **options: Any) -> None:
        if nas is not None:
            initial = {"address": nas.address, "coa_port": nas.coa_port, "ipv6_pool": nas.ipv6_pool}
            options.setdefault("initial", initial)
        super().__init__(*args, **options)
        if nas is not None:
            secret = self.fields["secret"]
            secret.required = False
            secret.label = _("Replace the shared secret")
            secret.help_text = _("A secret is set. Leave empty to keep it.")

    def clean_secret(self) -> str:
        """Refuse what cannot be typed into a router."""
        secret: str = self.cleaned_data["secret"]
        if logins.has_control_characters(secret):
            raise forms.ValidationError(
                _("Line breaks and other control characters are not allowed.")
            )
        return secret

    def door(self) -> Door:
        """Return what was entered."""
        given = self.cleaned_data
        return Door(
            address=given["address"],
            secret=given["secret"],
            coa_port=given["coa_port"],
            ipv6_pool=given["ipv6_pool"],
        )


class SettingsForm(forms.Form):
    """How routers find our RADIUS server."""

    server_address = forms.GenericIPAddressField(
        label=_("Address of the RADIUS server"),
        required=False,
        help_text=_("Where FreeRADIUS listens; it stands in the commands for routers."),
    )
    reason = ReasonField()
