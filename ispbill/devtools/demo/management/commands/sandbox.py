"""Run the simulators alone."""

import sys
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.urls import reverse

from ispbill.core import clock
from ispbill.devtools.sandbox import config
from ispbill.devtools.sandbox.gateways.server import serve as serve_gateways
from ispbill.devtools.sandbox.interstellio import serve as serve_interstellio
from ispbill.devtools.sandbox.messages.providers import ProviderServer as serve_providers
from ispbill.devtools.sandbox.messages.server import serve as serve_messages
from ispbill.devtools.sandbox.netcash.server import serve as serve_netcash
from ispbill.devtools.sandbox.push import PushServer
from ispbill.devtools.sandbox.routeros.__main__ import main
from payments.debits.services import settings as debit_settings


class Command(BaseCommand):
    help = (
        "Run the virtual routers, the message provider, the payment gateways and Netcash until "
        "stopped. "
        "The first line of output "
        "is one JSON object with address, port and credentials of each; ports, passwords and "
        "set-up are remembered."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SIMULATORS:
            raise CommandError("The simulators run only with SIMULATORS=1.")
        directory = settings.SANDBOX_DIR
        config.routers(directory)
        messages = serve_messages(directory)
        providers = serve_providers(
            directory, store=messages.store, hook=f"{settings.PUBLIC_URL}/hooks/messages/whatsapp/"
        )
        push = PushServer(directory, store=messages.store, faults=messages.switches)
        try:
            gateways = serve_gateways(directory, f"{settings.PUBLIC_URL}/sim/gateway/")
        except OSError as error:
            push.close()
            providers.close()
            messages.close()
            raise CommandError(f"cannot start the gateway sandbox: {error}") from error
        netcash = serve_netcash(directory, today=_bank_day, postback_url=_postback_url())
        counted = serve_interstellio(directory)
        try:
            status = main(
                [
                    "--config",
                    str(config.routers_file(directory)),
                    "--control",
                    str(config.routers_control(directory)),
                    "--state",
                    str(config.routers_state(directory)),
                ],
                also={
                    "messages": messages.address,
                    "gateways": gateways.addresses,
                    "netcash": netcash.address,
                    "interstellio": counted.url,
                },
            )
        finally:
            counted.close()
            netcash.close()
            gateways.close()
            push.close()
            providers.close()
            messages.close()
        if status:
            sys.exit(status)


def _bank_day() -> date:
    """The business clock's day at Netcash, so that /sim/clock moves its statements too."""
    try:
        now = clock.now()
    except Exception:  # alone, without database and cache, there is only the machine's clock
        now = clock.real_now()
    finally:
        connection.close()
    return now.astimezone(ZoneInfo("Africa/Johannesburg")).date()


def _postback_url() -> str:
    """Return where Netcash is to say that mandates were signed: what staff would write there."""
    path = reverse("public_payments:netcash-mandate", args=[debit_settings.postback_secret()])
    return settings.PUBLIC_URL + path
