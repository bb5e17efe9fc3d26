"""Merge fields of an agreement: a fixed list, put in once, escaped, never looked at again.

`{{customer.name}}`; `{{customer.email|-}}` may stay empty and shows a dash. Nothing is computed:
user text is only ever put in place of a name.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

FIELDS: frozenset[str] = frozenset(
    [
        "customer.name",
        "customer.local_name",
        "customer.number",
        "customer.kind",
        "customer.phone",
        "customer.email",
        "customer.address",
        "customer.id_last4",
        "company.name",
        "company.address",
        "company.phone",
        "company.tax_number",
        "company.registration",
        "service.number",
        "service.address",
        "package.name",
        "package.down",
        "package.up",
        "package.cap",
        "price.net",
        "price.tax",
        "price.gross",
        "price.words",
        "fee.installation",
        "fee.router",
        "billing.day",
        "billing.cycle",
        "equipment",
        "contract.number",
        "contract.date",
        "contract.starts_on",
        "contract.last_day",
        "contract.minimum_until",
        "contract.term",
        "contract.notice",
        "contract.renewal",
        "contract.exit_fee",
        "contract.price_lock",
        "contract.cooling_off",
        "reseller.name",
        "reseller.phone",
        "verify.url",
        "verify.qr",
        "signature.block",
    ]
)
ONCE = "signature.block"
_PLACE = re.compile(r"\{\{\s*([^{}|]*?)\s*(\|\s*-\s*)?\}\}")
_DASH = "—"


@dataclass(frozen=True)
class Merged:
    """A text with its fields filled in, and the fields nothing was known for."""

    html: str
    unresolved: tuple[str, ...]


def faults(body: str) -> list[tuple[str, str]]:
    """Return what is wrong with the fields of a text: (`UNKNOWN` | `TWICE` | `MISSING`, field)."""
    names = [name for name, _may in _PLACE.findall(body)]
    found = [("UNKNOWN", name) for name in dict.fromkeys(names) if name not in FIELDS]
    count = names.count(ONCE)
    if count != 1:
        found.append(("TWICE" if count else "MISSING", ONCE))
    return found


def merge(body: str, values: Mapping[str, str], markup: Mapping[str, str]) -> Merged:
    """Fill a text; `values` are plain text, `markup` is HTML of our own (a QR code, the block)."""
    unresolved: list[str] = []

    def put(found: re.Match[str]) -> str:
        name, may_be_empty = found.group(1), found.group(2)
        if name in markup:
            return markup[name]
        value = values.get(name, "")
        if value:
            return html.escape(value)
        if may_be_empty:
            return _DASH
        unresolved.append(name)
        return f"<mark>{html.escape(name)}</mark>"

    return Merged(_PLACE.sub(put, body), tuple(dict.fromkeys(unresolved)))
