"""The demo company's online payments: all three gateways, at the simulator of this machine."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from ispbill.core.acts import Act
from ispbill.devtools.demo.ground import Ground
from ispbill.devtools.sandbox.gateways.addresses import gateways
from payments.online.services import setup

WHY = "Online payments from the first day"
_SHARE_KEPT = Decimal("0.025")  # what the simulated SSLCommerz keeps
# Provider, name for customers, place of the simulator, credential → its name there, fee.
_ACCOUNTS: tuple[tuple[str, str, str, Mapping[str, str], Decimal], ...] = (
    (
        "SSLCOMMERZ",
        "Card, bKash, Nagad or Rocket",
        "sslcommerz",
        {"store_id": "store_id", "store_password": "store_passwd"},
        _SHARE_KEPT,
    ),
    (
        "BKASH",
        "bKash",
        "bkash",
        {name: name for name in ("username", "password", "app_key", "app_secret")},
        Decimal(0),
    ),
    (
        "NAGAD",
        "Nagad",
        "nagad",
        {
            "merchant_id": "merchant_id",
            "private_key": "merchant_private_key",
            "public_key": "nagad_public_key",
        },
        Decimal(0),
    ),
)


def connect(base: Ground, *, at: datetime) -> None:
    """Keep the accounts and offer them to customers."""
    places = gateways(settings.SANDBOX_DIR)
    for position, (provider, name, key, credentials, fee_rate) in enumerate(_ACCOUNTS):
        place = places[key]
        told: dict[str, str] = {ours: place[theirs] for ours, theirs in credentials.items()}
        if provider == "SSLCOMMERZ":
            told["fallback_email"] = "care@demo.test"
        values: dict[str, Any] = {
            "name": name,
            "base_url": place["base_url"],
            "fee_rate": fee_rate,
            "position": position,
        }
        account = setup.add(
            provider=provider, values=values, credentials=told, act=Act(base.owner, at)
        )
        setup.switch(account=account, is_enabled=True, act=Act(base.owner, at, reason=WHY))
