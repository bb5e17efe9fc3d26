"""What staff type about routers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.accounts.models import Branch
from ispbill.audit.forms import ReasonField
from network.models import Method, Router
from network.rules import logins
from network.services import routers


def without_control_characters(text: str) -> None:
    """Refuse line breaks and other control characters."""
    if logins.has_control_characters(text):
        raise forms.ValidationError(_("Line breaks and other control characters are not allowed."))


class _Words(forms.CharField):
    """A line of text; nothing in it is cut away before it is judged."""

    default_validators = [without_control_characters]

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, **options)


class RouterForm(forms.Form):
    """How a router is reached and how it suspends; the password is never shown again."""

    name = _Words(label=_("Name"), max_length=60)
    branch = forms.ModelChoiceField(
        label=_("Branch"), queryset=Branch.objects.order_by("name"), empty_label=None
    )
    site = _Words(label=_("Site"), max_length=80, required=False)
    host = _Words(
        label=_("Address"),
        max_length=253,
        help_text=_("IP address or name, inside the registered management networks."),
    )
    port = forms.IntegerField(
        label=_("Port"),
        min_value=1,
        max_value=65535,
        initial=8728,
        help_text=_("8728 plain, 8729 with TLS."),
    )
    uses_tls = forms.BooleanField(label=_("Use TLS (api-ssl)"), required=False)
    tls_fingerprint = _Words(
        label=_("Certificate fingerprint"),
        max_length=95,
        required=False,
        help_text=_("SHA-256, for a certificate no authority has signed."),
    )
    username = _Words(
        label=_("API user"),
        max_length=60,
        help_text=_("Its group needs the policies api, read, write and test."),
    )
    password = _Words(
        label=_("Password"),
        max_length=120,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    default_method = forms.ChoiceField(
        label=_("New lines"),
        choices=Method.choices,
        widget=forms.RadioSelect,
        initial=Method.PPPOE,
        required=False,
        help_text=_("How a line is brought to its customer here, unless the line says otherwise."),
    )
    dhcp_server = _Words(
        label=_("DHCP server"),
        max_length=60,
        required=False,
        help_text=_("For leases; empty: whichever of the router's servers is asked."),
    )
    burst_percent = forms.IntegerField(
        label=_("Burst, percent of the speed"),
        min_value=0,
        max_value=400,
        initial=0,
        required=False,
        help_text=_("A quiet line may go so fast for a moment: 150 is half as fast again. 0: off."),
    )
    burst_seconds = forms.IntegerField(
        label=_("Burst, seconds"), min_value=1, max_value=600, initial=10, required=False
    )
    suspend_mode = forms.ChoiceField(
        label=_("Suspended customers"),
        choices=Router.SuspendMode.choices,
        widget=forms.RadioSelect,
        initial=Router.SuspendMode.DISABLE,
        help_text=_(
            "An address list keeps the session and needs a fixed address; a line without one gets "
            "the walled garden profile."
        ),
    )
    walled_profile = _Words(label=_("Walled garden profile"), max_length=60, initial="EXPIRED")
    local_address = _Words(label=_("Local address"), max_length=45, required=False)
    address_pool = _Words(label=_("Address pool"), max_length=60, required=False)
    walled_pool = _Words(label=_("Pool of the walled garden"), max_length=60, required=False)
    is_enabled = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, router: Router | None = None, **options: Any) -> None:
        if router is not None:
            options.setdefault(
                "initial", {name: getattr(router, name) for name in routers.EDITABLE}
            )
        super().__init__(*args, **options)
        if router is not None:
            password = self.fields["password"]
            password.required = False
            password.label = _("Replace the password")
            password.help_text = _("A password is set. Leave empty to keep it.")
            self.fields["reason"] = ReasonField(label=_("Reason for the change"))

    def clean(self) -> dict[str, Any]:
        """Judge the address the host resolves to, beside the field it was typed in."""
        cleaned: dict[str, Any] = super().clean() or {}
        if 0 < (cleaned.get("burst_percent") or 0) <= 100:
            self.add_error("burst_percent", _("A burst is faster than the speed: more than 100."))
        if "host" in cleaned and "port" in cleaned:
            try:
                routers.check_reachable_address(host=cleaned["host"], port=cleaned["port"])
            except routers.RouterRefused as error:
                self.add_error("host", str(error))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return the cleaned values the services take; what was left empty is as usual."""
        given = {name: self.cleaned_data[name] for name in routers.EDITABLE}
        given["default_method"] = given["default_method"] or Method.PPPOE
        given["burst_percent"] = given["burst_percent"] or 0
        given["burst_seconds"] = given["burst_seconds"] or 10
        return given


class MethodForm(forms.Form):
    """How a line is brought to its customer from now on, and why."""

    method = forms.ChoiceField(label=_("Method"), choices=Method.choices, widget=forms.RadioSelect)
    mac_address = _Words(
        label=_("MAC address"),
        max_length=17,
        required=False,
        help_text=_("Of the customer's equipment; a lease needs it."),
    )
    reason = ReasonField(label=_("Reason for the change"))

    def clean_mac_address(self) -> str:
        """Take it however it was typed."""
        given = self.cleaned_data["mac_address"]
        mac = logins.mac_of(given)
        if given and not mac:
            raise forms.ValidationError(_("A MAC address looks like C0:25:E9:12:34:56."))
        return mac
