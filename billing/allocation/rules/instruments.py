"""What a gateway's name of an instrument says: `VISA-Dutch Bangla` is a Visa card of that bank.

SSLCommerz writes a code, a dash and a bank (`card_type`); the codes are its own and not for people.
"""

from __future__ import annotations

from dataclasses import dataclass

# How the codes begin, and the name people know. Those that are cards carry the bank's name.
_CARDS = {
    "VISA": "Visa",
    "MASTER": "Mastercard",
    "AMEX": "American Express",
    "AMERICAN EXPRESS": "American Express",
    "DBBL NEXUS": "Nexus",
    "NEXUS": "Nexus",
    "UNIONPAY": "UnionPay",
}
_WALLETS = {
    "DBBLMOBILE": "Rocket",
    "ROCKET": "Rocket",
    "UPAY": "Upay",
    "TAP": "Tap",
    "CELLFIN": "CellFin",
    "MCASH": "mCash",
    "OKWALLET": "OK Wallet",
}


@dataclass(frozen=True)
class Instrument:
    """A card with its bank, or a wallet; all empty when the code is none we know."""

    card: str = ""
    bank: str = ""
    wallet: str = ""


def read(text: str) -> Instrument:
    """Read a gateway's name of an instrument.

    >>> read("VISA-Dutch Bangla")
    Instrument(card='Visa', bank='Dutch Bangla', wallet='')
    >>> read("DBBLMOBILEB-Dbbl Mobile Banking")
    Instrument(card='', bank='', wallet='Rocket')
    >>> read("XYZ_7-")
    Instrument(card='', bank='', wallet='')
    """
    code, _dash, rest = text.partition("-")
    code = " ".join(code.upper().split())
    for begins, name in _WALLETS.items():
        if code.startswith(begins):
            return Instrument(wallet=name)
    for begins, name in _CARDS.items():
        if code.startswith(begins):
            return Instrument(card=name, bank=_bank(rest))
    return Instrument()


def _bank(text: str) -> str:
    """Return a bank's name, "" for what looks like one more code."""
    name = " ".join(text.split())
    is_name = any(sign.islower() for sign in name) and "_" not in name
    return name if is_name else ""
