"""What the owner types about a payment gateway; secrets go in and are never shown again."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ispbill.audit.forms import ReasonField
from ispbill.core.demands import demand
from ispbill.core.fields import NumberField
from payments.online.models import GatewayAccount
from payments.online.services import setup

LIVE, TEST, OTHER = "live", "test", "other"
_PREFIX = "credential_"


class GatewayForm(forms.Form):
    """One account: where it is, what opens it, what customers read."""

    name = forms.CharField(
        label=_("Name for customers"),
        max_length=60,
        help_text=_("What they read on the button, for example: bKash, Nagad or card."),
    )
    place = forms.ChoiceField(
        label=_("System"),
        choices=[
            (LIVE, _("Live: real money")),
            (TEST, _("The provider's test system")),
            (OTHER, _("Another address (a simulator, or one the provider gave you)")),
        ],
        widget=forms.RadioSelect,
        initial=TEST,
    )
    address = forms.CharField(
        label=_("Address"), max_length=200, required=False, help_text=_("Only for another address.")
    )
    is_live = forms.BooleanField(label=_("Real money moves at this other address"), required=False)
    fee_percent = NumberField(
        label=_("Fee the provider keeps, in %"),
        min_value=Decimal(0),
        max_value=Decimal("99.9999"),
        decimal_places=4,
        initial=Decimal(0),
        help_text=_("To compare with its settlement; customers are never charged it."),
    )
    position = forms.IntegerField(
        label=_("Place in the customers' list"), min_value=0, max_value=999, initial=0
    )

    def __init__(
        self, *args: Any, provider: str, account: GatewayAccount | None = None, **options: Any
    ) -> None:
        self.provider = provider
        self.account = account
        if account is None:
            label = GatewayAccount.Provider(provider).label
            options.setdefault("initial", {"name": label})
        else:
            options.setdefault("initial", _initial(account))
        super().__init__(*args, **options)
        demand(self, "address", by="place", values=[OTHER])
        self._add_credentials()
        if account is not None:
            self.fields["reason"] = ReasonField(label=_("Reason for the change"))

    def _add_credentials(self) -> None:
        shown = setup.open_credentials(self.account) if self.account else {}
        for wanted in setup.credentials_wanted(self.provider):
            is_kept = self.account is not None and wanted.is_secret
            self.fields[f"{_PREFIX}{wanted.name}"] = forms.CharField(
                label=_now(wanted.label),
                max_length=4000 if wanted.is_long else 200,
                required=wanted.is_required and not is_kept,
                initial="" if wanted.is_secret else shown.get(wanted.name) or wanted.default,
                widget=_widget(is_secret=wanted.is_secret, is_long=wanted.is_long),
                help_text=_now("Kept, and never shown. Leave empty to keep it.") if is_kept else "",
            )

    def clean(self) -> dict[str, Any]:
        """Another address needs to be typed."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("place") == OTHER and not cleaned.get("address"):
            self.add_error("address", _now("Type the address."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return the cleaned values the services take."""
        told = self.cleaned_data
        live, test = setup.addresses(self.provider)
        place = told["place"]
        return {
            "name": told["name"],
            "base_url": {LIVE: live, TEST: test, OTHER: told["address"]}[place],
            "is_live": place == LIVE or (place == OTHER and told["is_live"]),
            "fee_rate": told["fee_percent"] / 100,
            "position": told["position"],
        }

    def credentials(self) -> dict[str, str]:
        """Return what was typed of the credentials."""
        return {
            name.removeprefix(_PREFIX): value
            for name, value in self.cleaned_data.items()
            if name.startswith(_PREFIX)
        }


def secrets(account: GatewayAccount) -> dict[str, str]:
    """Return what tells each kept secret from the next, by the field it is typed into."""
    return {f"{_PREFIX}{name}": mark for name, mark in setup.secret_marks(account).items()}


class _SecretLines(forms.Textarea):
    """A box for a key of several lines that is never filled, not even with what was just typed."""

    def format_value(self, value: Any) -> str:
        return ""


def _initial(account: GatewayAccount) -> dict[str, Any]:
    live, test = setup.addresses(account.provider)
    usual = {(live, True): LIVE, (test, False): TEST}
    place = usual.get((account.base_url, account.is_live), OTHER)
    return {
        "name": account.name,
        "place": place,
        "address": account.base_url if place == OTHER else "",
        "is_live": account.is_live,
        "fee_percent": (account.fee_rate * 100).quantize(Decimal("0.0001")),
        "position": account.position,
    }


def _widget(*, is_secret: bool, is_long: bool) -> forms.Widget:
    if is_long:  # typed keys have several lines, which a password box would swallow
        kind = _SecretLines if is_secret else forms.Textarea
        return kind(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"})
    if is_secret:
        return forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.TextInput(attrs={"autocomplete": "off"})
