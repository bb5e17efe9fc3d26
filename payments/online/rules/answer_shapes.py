"""What of a gateway's answer may be kept: its fields, types and formats, its states and codes.

Never a value of anything else: no amount, name, number, token or address is left in a shape.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_FORMATS: Final = (
    ("empty", r""),
    ("14 digits", r"\d{14}"),
    ("whole number", r"\d+"),
    ("amount with two decimals", r"\d+\.\d{2}"),
    ("decimal", r"\d+\.\d+"),
    ("moment", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?"),
    ("moment with zone", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.:]?\d* ?(GMT)?[+-]\d\d:?\d\d"),
    ("address", r"https?://\S+"),
    ("hexadecimal", r"[0-9a-fA-F]{13,}"),
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9_ ]{1,24}", re.ASCII)
_PHONE = re.compile(r"\d{7,}")
_DEEPEST = 4
_MOST_FIELDS = 150
_MOST_ROWS = 5
OTHER_NAME: Final = "(a name we do not keep)"


@dataclass(frozen=True)
class Known:
    """What a provider's answers are known to hold: `fields`, and of some fields all `values`."""

    fields: frozenset[str] = frozenset()
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)


def shape(answer: Any, *, coded: Collection[str], name: str = "", depth: int = 0) -> Any:
    """Return the form of an answer. `coded` are the fields whose values are states or codes."""
    if depth > _DEEPEST:
        return "deeper"
    if isinstance(answer, Mapping):
        rows = list(answer.items())[:_MOST_FIELDS]
        return {
            (key if _NAME.fullmatch(key) else OTHER_NAME): shape(
                part, coded=coded, name=key, depth=depth + 1
            )
            for key, part in rows
        }
    if isinstance(answer, list):
        rows_of = [shape(part, coded=coded, depth=depth + 1) for part in answer]
        return [row for at, row in enumerate(rows_of) if row not in rows_of[:at]][:_MOST_ROWS]
    if answer is None or isinstance(answer, bool):
        return "null" if answer is None else "true or false"
    if isinstance(answer, str):
        return _text(answer, is_coded=name in coded)
    return f"={answer}" if name in coded and str(answer).isdecimal() else "number"


def news(form: Any, known: Known) -> list[str]:
    """Return what of a shape was never seen before: "field x", "x: VALUE"; each once, sorted."""
    return sorted(set(_news(form, known)))


def _news(form: Any, known: Known) -> Iterator[str]:
    if isinstance(form, list):
        for row in form:
            yield from _news(row, known)
    if not isinstance(form, dict):
        return
    for name, part in form.items():
        if name not in known.fields:
            yield f"field {name}"
        elif (value := _coded(part)) and value not in known.values.get(name, {value}):
            yield f"{name}: {value}"
        yield from _news(part, known)


def _coded(part: Any) -> str:
    return part[1:] if isinstance(part, str) and part.startswith("=") else ""


def _text(text: str, *, is_coded: bool) -> str:
    if is_coded and _CODE.fullmatch(text) and not _PHONE.search(text):
        return f"={text}"
    return next((kind for kind, rule in _FORMATS if re.fullmatch(rule, text)), "text")
