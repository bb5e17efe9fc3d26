"""What a browser says of a test, and what staff set about them."""

from decimal import Decimal
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.audit.forms import ReasonField
from ispbill.core.fields import NumberField
from network.speedtest.models import SpeedTest
from network.speedtest.rules.verdicts import Speeds
from network.speedtest.services.running import Found


class BeginForm(forms.Form):
    """How the customer is connected, as far as they say."""

    medium = forms.ChoiceField(choices=[("", ""), *SpeedTest.Medium.choices], required=False)


def _number(most: int, places: int) -> forms.DecimalField:
    return NumberField(min_value=0, max_value=most, max_digits=12, decimal_places=places)


class ResultForm(forms.Form):
    """The numbers of one test. Django's decimals refuse NaN and what is endless."""

    test = forms.IntegerField(min_value=1)
    download = _number(10_000, 2)
    upload = _number(10_000, 2)
    ping = _number(5_000, 1)
    jitter = _number(5_000, 1)

    def found(self) -> Found:
        """Return what was measured."""
        given: dict[str, Decimal] = self.cleaned_data
        speeds = Speeds(given["download"], given["upload"])
        return Found(speeds, given["ping"], given["jitter"])


class SettingsForm(forms.Form):
    """Whether, where and within which limits customers test their speed."""

    is_offered = forms.BooleanField(
        label=_("Customers may test their speed in the portal"), required=False
    )
    address = forms.URLField(
        label=_("Address of a server of its own for the measuring"),
        required=False,
        max_length=200,
        assume_scheme="https",
        help_text=_(
            "Another process or machine of this program, near the customers. "
            "Empty: this site measures, beside its other work."
        ),
    )
    networks = forms.CharField(
        label=_("Our own networks"),
        required=False,
        max_length=500,
        help_text=_(
            "Addresses lines appear with when they are not those of the session, such as those "
            "of a CGNAT: 203.0.113.0/24, 2001:db8::/32. From others there is no verdict."
        ),
    )
    seconds = forms.IntegerField(label=_("Seconds each way"), min_value=3, max_value=20)
    most_megabytes = forms.IntegerField(
        label=_("At most so many megabytes a test"), min_value=20, max_value=4000
    )
    most_at_once = forms.IntegerField(
        label=_("At most so many tests at once"),
        min_value=1,
        max_value=500,
        help_text=_("More at once take speed from each other, and from the portal's pages."),
    )
    good_percent = forms.IntegerField(
        label=_("Good from so many percent of the package"), min_value=2, max_value=100
    )
    weak_percent = forms.IntegerField(
        label=_("Poor below so many percent"), min_value=1, max_value=99
    )
    reason = ReasonField()

    def clean_address(self) -> str:
        """Keep the host alone: the paths below it are ours."""
        address: str = self.cleaned_data["address"]
        if not address:
            return ""
        parts = urlsplit(address)
        if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
            raise forms.ValidationError(_("Only the host, such as https://speed.isp.example"))
        return f"{parts.scheme}://{parts.netloc}"

    def clean_networks(self) -> str:
        """Refuse what is no network; keep them as they are written shortest."""
        texts = [text.strip() for text in self.cleaned_data["networks"].split(",") if text.strip()]
        try:
            return ", ".join(str(ip_network(text, strict=False)) for text in texts)
        except ValueError as error:
            raise forms.ValidationError(
                _("“%(text)s” is not a network.") % {"text": str(error).split("'")[1]}
            ) from error

    def clean(self) -> dict[str, Any]:
        """Keep good above poor."""
        cleaned: dict[str, Any] = super().clean() or {}
        good, weak = cleaned.get("good_percent"), cleaned.get("weak_percent")
        if good is not None and weak is not None and weak >= good:
            self.add_error("weak_percent", _("This must be below what is good."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return the settings that were entered."""
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}
