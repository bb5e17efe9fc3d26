"""Which adapter speaks to which provider, and what an account with it is opened with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from ispbill.core.marking import gettext_noop
from ispbill.notifications.gateways.base import Account
from ispbill.notifications.gateways.bulksmsbd import BulkSmsBd
from ispbill.notifications.gateways.ssl_wireless import SslWireless
from ispbill.notifications.gateways.twilio import Twilio
from ispbill.notifications.gateways.whatsapp import WhatsApp


@dataclass(frozen=True)
class Field:
    """One credential a person types in. `label` is a marked text."""

    name: str
    label: str
    is_secret: bool = True


@dataclass(frozen=True)
class Maker:
    """How to make the adapter of a provider: ``make(base_url, credentials)``."""

    make: Callable[[str, Mapping[str, str]], Account]
    channel: str
    fields: tuple[Field, ...]
    usual_url: str
    tells: bool = False
    """Whether it calls us with what became of a message."""


def hook(kind: str) -> str:
    """Return the address a provider calls, as it calls it."""
    return settings.PUBLIC_URL + reverse("message_hooks:heard", args=[kind.lower()])


MAKERS: dict[str, Maker] = {
    "SSLWIRELESS": Maker(
        make=SslWireless,
        channel="SMS",
        fields=(
            Field("api_token", gettext_noop("API token")),
            Field("sid", gettext_noop("Sender (SID)"), is_secret=False),
        ),
        usual_url="https://smsplus.sslwireless.com/api/v3",
    ),
    "BULKSMSBD": Maker(
        make=BulkSmsBd,
        channel="SMS",
        fields=(
            Field("api_key", gettext_noop("API key")),
            Field("sender_id", gettext_noop("Sender ID"), is_secret=False),
        ),
        usual_url="https://bulksmsbd.net/api",
    ),
    "TWILIO": Maker(
        make=lambda url, credentials: Twilio(url, credentials, hook("TWILIO")),
        channel="SMS",
        fields=(
            Field("account_sid", gettext_noop("Account SID"), is_secret=False),
            Field("auth_token", gettext_noop("Auth token")),
            Field(
                "sender", gettext_noop("Sender: a number, or a messaging service"), is_secret=False
            ),
        ),
        usual_url="https://api.twilio.com",
        tells=True,
    ),
    "WHATSAPP": Maker(
        make=WhatsApp,
        channel="WHATSAPP",
        fields=(
            Field("phone_number_id", gettext_noop("Phone number ID"), is_secret=False),
            Field("access_token", gettext_noop("Access token of a system user")),
            Field("app_secret", gettext_noop("App secret")),
            Field("verify_token", gettext_noop("Word that Meta repeats when it first calls")),
            Field(
                "template",
                gettext_noop("Approved template with one parameter, the text"),
                is_secret=False,
            ),
        ),
        usual_url="https://graph.facebook.com/v21.0",
        tells=True,
    ),
}
