"""Reading what gateways answer in JSON: what has another shape is not known, never an error."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from payments.online.gateways.errors import GatewayDown

_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?", re.ASCII)


def parsed(body: bytes) -> dict[str, Any]:
    """Return the object an answer holds. Raises GatewayDown."""
    try:
        answer = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise GatewayDown("an answer that cannot be read") from error
    if not isinstance(answer, dict):
        raise GatewayDown("an answer of another shape")
    return answer


def text(row: Mapping[str, Any], name: str) -> str:
    """Return a value as text, "" for what is neither text nor number."""
    value = row.get(name)
    if isinstance(value, bool):
        return ""
    return str(value).strip() if isinstance(value, str | int | Decimal) else ""


def amount(row: Mapping[str, Any], name: str) -> Decimal | None:
    """Return an exact amount, None for anything but plain digits."""
    written = text(row, name)
    return Decimal(written) if _AMOUNT.fullmatch(written) else None


def one(fields: Mapping[str, Any], name: str) -> str:
    """Return a field of a message that came once, as text, else nothing."""
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def masked(number: str) -> str:
    """Return a phone number with its middle hidden, at most 40 characters."""
    return f"{number[:3]}****{number[-4:]}" if len(number) > 7 else number[:40]


def kept(row: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    """Return the named parts of an answer for our record."""
    return {name: text(row, name)[:200] for name in names if name in row}
