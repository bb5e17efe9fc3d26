"""Who we are at NetCash: the client with our service keys. Never used inside a transaction."""

from django.utils.translation import gettext as _

from ispbill.core.errors import DomainError
from ispbill.core.outside import refuse_transaction
from payments.online.gateways.netcash.client import Netcash
from payments.online.gateways.netcash.contract import GENERIC_VENDOR, Keys
from payments.online.models import GatewayAccount
from payments.online.services import accounts

CURRENCY = "ZAR"
KEYS = ("account", "debit_order", "validation", "pay_now", "vendor")


class NotConnected(DomainError):
    """There is no account with NetCash, or its keys are missing."""


def account() -> GatewayAccount | None:
    """Return our enabled account with NetCash."""
    return (
        GatewayAccount.objects.filter(provider=GatewayAccount.Provider.NETCASH, is_enabled=True)
        .order_by("position", "pk")
        .first()
    )


def client(*, timeout: tuple[float, float] = (5, 30)) -> Netcash:
    """Return a client with our keys; `timeout` in seconds, as `Netcash`. Raises NotConnected."""
    found = account()
    if found is None or not found.sealed_credentials:
        raise NotConnected(_("There is no NetCash account with service keys in the settings."))
    refuse_transaction("NetCash")
    return Netcash(keys=keys_of(found), base_url=found.base_url, timeout=timeout)


def keys_of(account: GatewayAccount) -> Keys:
    """Return the service keys of an account, unsealed."""
    given = accounts.credentials_of(account)
    return Keys(
        account=given.get("account", ""),
        debit_order=given.get("debit_order", ""),
        validation=given.get("validation", ""),
        pay_now=given.get("pay_now", ""),
        vendor=given.get("vendor") or GENERIC_VENDOR,
    )
