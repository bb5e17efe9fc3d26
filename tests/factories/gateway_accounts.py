"""Accounts with payment gateways."""

from payments.online.models import GatewayAccount
from payments.online.services import accounts, setup

NOBODY = "http://127.0.0.1:1"  # nothing listens there: whoever calls it is refused at once


def gateway_account(*, at, provider="SSLCOMMERZ", base_url=NOBODY, credentials=None, **changes):
    """An account offered to customers; without credentials it has made-up ones."""
    fields = setup.credentials_wanted(provider)
    account = GatewayAccount(
        **{
            "slug": provider.lower(),
            "provider": provider,
            "name": provider.title(),
            "base_url": base_url,
            "is_enabled": True,
            "created_at": at,
            **changes,
        }
    )
    made_up = {field.name: field.default or field.name for field in fields if field.is_required}
    account.sealed_credentials = accounts.sealed(account, made_up | (credentials or {}))
    account.save()
    return account
