"""Which adapter speaks to which provider, and what credentials it needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ispbill.core.marking import gettext_noop
from payments.online.gateways.bkash import Bkash
from payments.online.gateways.contract import Gateway, Hear, unheard
from payments.online.gateways.nagad import Nagad
from payments.online.gateways.sslcommerz import SslCommerz


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
    """How to make the adapter of a provider: ``make(base_url, credentials, hear)``."""

    make: Callable[[str, Mapping[str, str], Hear], Gateway]
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
    "BKASH": Maker(
        make=Bkash,
        fields=(
            Field("username", gettext_noop("User name"), is_secret=False),
            Field("password", gettext_noop("Password")),
            Field("app_key", gettext_noop("App key")),
            Field("app_secret", gettext_noop("App secret")),
            Field(
                "token_prefix",
                gettext_noop("Word before the token (mostly none)"),
                is_secret=False,
                is_required=False,
            ),
        ),
        live_url="https://tokenized.pay.bka.sh/v1.2.0-beta",
        test_url="https://tokenized.sandbox.bka.sh/v1.2.0-beta",
    ),
    "NAGAD": Maker(
        make=Nagad,
        fields=(
            Field("merchant_id", gettext_noop("Merchant ID"), is_secret=False),
            Field("private_key", gettext_noop("Our private key"), is_long=True),
            Field("public_key", gettext_noop("Nagad's public key"), is_secret=False, is_long=True),
            Field(
                "api_version",
                gettext_noop("API version"),
                is_secret=False,
                is_required=False,
                default="v-0.2.0",
            ),
            Field(
                "signature_hash",
                gettext_noop("Hash of signatures (SHA256 or SHA1)"),
                is_secret=False,
                is_required=False,
                default="SHA256",
            ),
        ),
        live_url="https://api.mynagad.com",
        test_url="http://sandbox.mynagad.com:10080/remote-payment-gateway-1.0",
    ),
}


def gateway(
    provider: str, base_url: str, credentials: Mapping[str, str], hear: Hear = unheard
) -> Gateway:
    """Return the adapter for a provider's account; `hear` is told of every answer it gets.

    Raises KeyError for an unknown provider.
    """
    return MAKERS[provider].make(base_url, credentials, hear)
