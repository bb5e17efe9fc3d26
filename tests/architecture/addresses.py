"""Every address of the product, read from the URL tree."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

from ispbill.accounts.models import User

# Django's own admin guards itself; test_addresses checks its door.
NOT_OURS = {"admin"}
# Who opens the pages of an audience, of those who see the most.
OPENED_BY = {
    "staff": User.Role.OWNER,
    "signed-in": User.Role.OWNER,
    "simulator": User.Role.OWNER,
    "customer": User.Role.CUSTOMER,
    "reseller": User.Role.RESELLER,
    "technician": User.Role.TECHNICIAN,
    "public": None,
}


@dataclass(frozen=True)
class Address:
    """One named pattern: its full name, its view, and the converters of its arguments."""

    name: str
    view: Any
    converters: dict[str, Any]


def ours() -> list[Address]:
    """Return every address but those of Django's own admin, by name."""
    return sorted(_walk(get_resolver(), []), key=lambda address: address.name)


def _walk(resolver: URLResolver, names: list[str]) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            name = ":".join([*names, pattern.name or f"unnamed {pattern.pattern}"])
            yield Address(name, pattern.callback, dict(_converters(pattern)))
        elif pattern.namespace not in NOT_OURS:
            inner = [*names, pattern.namespace] if pattern.namespace else names
            yield from _walk(pattern, inner)


def _converters(pattern: URLPattern) -> Iterator[tuple[str, Any]]:
    yield from pattern.pattern.converters.items()
    if isinstance(pattern.pattern, RegexPattern):  # it has named groups instead
        for name in pattern.pattern.regex.groupindex:
            yield name, None
