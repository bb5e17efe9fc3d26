"""Accounts with the simulated gateways, and tries to pay through them."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

from ispbill.sandbox.gateways.addresses import gateways
from payments.models import GatewayAccount
from payments.services.gateways import accounts, starting
from payments.services.gateways.starting import Asked


def sslcommerz_account(directory, **values):
    """The store the simulator at `directory` knows; credentials can be made wrong."""
    place = gateways(directory)["sslcommerz"]
    credentials = {
        "store_id": place["store_id"],
        "store_password": place["store_passwd"],
        "fallback_email": "pay@isp.test",
        **values.pop("credentials", {}),
    }
    account = GatewayAccount(
        slug=values.pop("slug", "sslcommerz"),
        provider="SSLCOMMERZ",
        name="bKash, Nagad or card",
        base_url=values.pop("base_url", place["base_url"]),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        **values,
    )
    account.sealed_credentials = accounts.sealed(account, credentials)
    account.is_enabled = True
    account.save()
    return account


def attempt_of(customer, account, at, amount="1150.00", **values):
    """A try to pay, open at the gateway."""
    asked = Asked(
        customer=customer,
        account=account,
        amount=Decimal(amount),
        source=values.pop("source", "LINK"),
        key=values.pop("key", f"pay:{uuid.uuid4()}"),
        **values,
    )
    return starting.start(asked=asked, at=at)
