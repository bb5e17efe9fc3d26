"""Which provider serves a channel: the MESSAGE_GATEWAYS setting."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from ispbill.notifications.gateways.base import Gateway
from ispbill.notifications.gateways.console import ConsoleGateway
from ispbill.notifications.gateways.sandbox import SandboxGateway
from ispbill.notifications.gateways.smtp import SmtpGateway


def for_channel(channel: str) -> Gateway:
    """Return the provider of a channel. ImproperlyConfigured names a setting that is wrong."""
    name = settings.MESSAGE_GATEWAYS.get(channel, "console")
    if name == "sandbox":
        if not settings.SIMULATORS:
            raise ImproperlyConfigured("MESSAGE_GATEWAYS names the sandbox, but SIMULATORS=0.")
        return SandboxGateway(settings.SANDBOX_DIR)
    if name == "smtp":
        return SmtpGateway()
    if name == "console":
        return ConsoleGateway()
    raise ImproperlyConfigured(f"MESSAGE_GATEWAYS names an unknown provider: {name}")
