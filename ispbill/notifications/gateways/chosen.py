"""Which provider serves a channel: the MESSAGE_GATEWAYS setting.

A channel without one sends nothing, and says so (`services.unprovided`): a text in a log has
reached nobody.
"""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from ispbill.notifications.gateways.base import Gateway
from ispbill.notifications.gateways.sandbox import SandboxGateway
from ispbill.notifications.gateways.smtp import SmtpGateway

# "console" wrote to the log and was counted as sent; settings files may still have it.
_NONE = {"", "console"}


def has_provider(channel: str) -> bool:
    """Tell whether messages of a channel can leave at all."""
    return settings.MESSAGE_GATEWAYS.get(channel, "") not in _NONE


def for_channel(channel: str) -> Gateway | None:
    """Return the provider of a channel, None without one. ImproperlyConfigured names a setting
    that is wrong."""
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
