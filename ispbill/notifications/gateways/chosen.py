"""Which provider serves a channel: the account that is switched on for it, else the
MESSAGE_GATEWAYS setting.

A channel without one sends nothing, and says so (`services.unprovided`): a text in a log has
reached nobody.
"""

import json

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from ispbill.core import crypto
from ispbill.notifications.gateways import registry
from ispbill.notifications.gateways.base import Account, Gateway, Outcome, Outgoing, Retry
from ispbill.notifications.gateways.sandbox import SandboxGateway
from ispbill.notifications.gateways.smtp import SmtpGateway
from ispbill.notifications.gateways.web_push import WebPush
from ispbill.notifications.models import Message, MessageProvider

# "console" wrote to the log and was counted as sent; settings files may still have it.
_NONE = {"", "console"}


def unprovided(channels: set[str]) -> set[str]:
    """Return those of the channels whose messages cannot leave at all."""
    lacking = {one for one in channels if settings.MESSAGE_GATEWAYS.get(one, "") in _NONE}
    if lacking:
        switched_on = MessageProvider.objects.filter(is_enabled=True, channel__in=lacking)
        lacking -= set(switched_on.values_list("channel", flat=True))
    return lacking


def for_channel(channel: str) -> Gateway | None:
    """Return the provider of a channel, None without one. ImproperlyConfigured names a setting
    that is wrong."""
    if channel == Message.WEB_PUSH:
        return WebPush()
    account = MessageProvider.objects.filter(is_enabled=True, channel=channel).first()
    if account is not None:
        try:
            return of_account(account)
        except crypto.Unreadable:
            return _Locked(account.kind.lower())
    name = settings.MESSAGE_GATEWAYS.get(channel, "")
    if name in _NONE:
        return None
    if name == "sandbox":
        if not settings.SIMULATORS:
            raise ImproperlyConfigured("MESSAGE_GATEWAYS names the sandbox, but SIMULATORS=0.")
        return SandboxGateway(settings.SANDBOX_DIR)
    if name == "smtp":
        return SmtpGateway()
    raise ImproperlyConfigured(f"MESSAGE_GATEWAYS names an unknown provider: {name}")


def of_account(account: MessageProvider) -> Account:
    """Return the adapter that speaks for an account. Raises crypto.Unreadable."""
    return registry.MAKERS[account.kind].make(account.base_url, credentials_of(account))


def secret_place(account: MessageProvider) -> str:
    """Return what an account's sealed credentials are bound to."""
    return f"notifications.provider:{account.kind}"


def credentials_of(account: MessageProvider) -> dict[str, str]:
    """Return an account's credentials in clear. Raises crypto.Unreadable."""
    found: dict[str, str] = json.loads(
        crypto.unseal(account.sealed_credentials, context=secret_place(account))
    )
    return found


class _Locked:
    """An account whose credentials our keys do not open: its messages wait, and say why."""

    dedupes = False

    def __init__(self, name: str) -> None:
        self.name = name

    def send(self, message: Outgoing) -> Outcome:
        return Retry("The stored credentials cannot be opened with our keys.", is_for_all=True)
