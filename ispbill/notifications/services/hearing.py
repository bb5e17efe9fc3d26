"""Understand what a provider tells by itself; without its signature, nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, runtime_checkable

from django.conf import settings

from ispbill.core import crypto
from ispbill.notifications.gateways import chosen
from ispbill.notifications.gateways.heard import Heard
from ispbill.notifications.models import MessageProvider


@runtime_checkable
class Teller(Protocol):
    """An adapter whose provider calls us."""

    def hear(
        self, url: str, headers: Mapping[str, str], raw: bytes, at: datetime
    ) -> list[Heard] | None: ...


def understood(
    account: MessageProvider, *, path: str, headers: Mapping[str, str], raw: bytes, at: datetime
) -> list[Heard] | None:
    """Return what a call tells, None when it is not the provider's.

    `path` with its query; the address is the public one, as the provider called it.
    """
    try:
        gateway = chosen.of_account(account)
    except crypto.Unreadable:
        return None
    if not isinstance(gateway, Teller):
        return None
    try:
        return gateway.hear(settings.PUBLIC_URL + path, headers, raw, at)
    except ValueError:  # signed, and no JSON: nothing in it is for us
        return []


def verify_word(account: MessageProvider) -> str:
    """Return the word by which Meta makes sure that the address is ours; "" without one."""
    try:
        return chosen.credentials_of(account).get("verify_token", "")
    except crypto.Unreadable:
        return ""
