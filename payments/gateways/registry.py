"""Which adapter speaks to which provider, and what credentials it needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from payments.gateways.contract import Gateway
from payments.gateways.sslcommerz import SslCommerz
from payments.gateways.words import gettext_noop


@dataclass(frozen=True)
class Field:
    """One credential a person types in. `label` is a marked text."""

    name: str
    label: str
    is_secret: bool = True
    is_long: bool = False  # a key of several lines
    is_required: bool = True
    default: str = ""


@dataclass(frozen=True)
class Maker:
    """How to make the adapter of a provider: ``make(base_url, credentials)``."""

    make: Callable[[str, Mapping[str, str]], Gateway]
    fields: tuple[Field, ...]
    live_url: str
    test_url: str


MAKERS: dict[str, Maker] = {
    "SSLCOMMERZ": Maker(
        make=SslCommerz,
        fields=(
            Field("store_id", gettext_noop("Store ID"), is_secret=False),
            Field("store_password", gettext_noop("Store password")),
            Field(
                "fallback_email",
                gettext_noop("E-mail address for customers without one"),
                is_secret=False,
            ),
        ),
        live_url="https://securepay.sslcommerz.com",
        test_url="https://sandbox.sslcommerz.com",
    ),
}


def gateway(provider: str, base_url: str, credentials: Mapping[str, str]) -> Gateway:
    """Return the adapter for a provider's account. Raises KeyError for an unknown provider."""
    return MAKERS[provider].make(base_url, credentials)
