"""Our accounts with gateways: credentials sealed for the account, never shown, never logged."""

import json
from collections.abc import Mapping
from datetime import datetime

from ispbill.core import crypto
from payments.online.gateways import registry
from payments.online.gateways.contract import Gateway, unheard
from payments.online.models import GatewayAccount
from payments.online.services import recording


def secret_place(account: GatewayAccount) -> str:
    """Return what an account's sealed credentials are bound to."""
    return f"payments.gateway:{account.slug}"


def credentials_of(account: GatewayAccount) -> dict[str, str]:
    """Return an account's credentials in clear. Raises crypto.Unreadable."""
    found: dict[str, str] = json.loads(
        crypto.unseal(account.sealed_credentials, context=secret_place(account))
    )
    return found


def sealed(account: GatewayAccount, credentials: Mapping[str, str]) -> str:
    """Return credentials sealed for an account."""
    return crypto.seal(json.dumps(dict(credentials)), context=secret_place(account))


def gateway_of(account: GatewayAccount, *, at: datetime | None = None) -> Gateway:
    """Return the adapter that speaks for an account. Raises crypto.Unreadable.

    Told the time, the caller has the answers recorded in the account's first weeks.
    """
    hear = unheard if at is None else recording.listener(account, at=at)
    return registry.gateway(account.provider, account.base_url, credentials_of(account), hear)
