"""The request as our views know it: signed in by one of our users, with htmx details."""

from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

from ispbill.accounts.models import User

LANGUAGE_COOKIE = "ispbill_language"


class Request(HttpRequest):
    """A request behind an audience guard."""

    user: User
    htmx: HtmxDetails
    request_id: str
    # Portal requests: the accounts they may see. A reseller's are asked only when they are needed.
    customer_ids: Any
    only_collects: bool = False  # who is a reseller's collector takes money and nothing else


def client_ip(request: HttpRequest) -> str:
    """Return the visitor's address, or "" (a unix socket has none).

    X-Forwarded-For is believed only behind our own proxy, and then only its last entry: the ones
    before it are whatever the visitor cared to send. An IPv4 address written as IPv6 is itself.
    """
    found = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        found = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip() or found
    try:
        address = ip_address(found)
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def with_wait(response: HttpResponse, seconds: int) -> HttpResponse:
    """Return an answer of "too often" with when to try again, for machines too."""
    response["Retry-After"] = str(seconds)
    return response
