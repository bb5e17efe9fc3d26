"""What this process says to other machines without TLS, or without asking whom it speaks to.

A socket of the machine and its loopback need none; every other address does, a private network's
too. Only settings are read: nobody is called.
"""

import ipaddress
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

_DATABASES = {
    "default": "DATABASE_URL",
    "owner": "DATABASE_OWNER_URL",
    "direct": "DATABASE_DIRECT_URL",
    "replica": "DATABASE_REPLICA_URL",
    "backup": "DATABASE_BACKUP_URL",
}


def unproved() -> list[str]:
    """Return the settings whose server is another machine nobody proves, each with why."""
    return [*_databases(), *_redis(), *_mail(), *_virus_scanner()]


def _databases() -> Iterator[str]:
    for alias, name in _DATABASES.items():
        database: dict[str, Any] = settings.DATABASES.get(alias, {})
        mode = database.get("OPTIONS", {}).get("sslmode", "prefer")
        # libpq takes several hosts; one of them elsewhere is enough.
        hosts = str(database.get("HOST", "")).split(",")
        if mode != "verify-full" and any(_is_elsewhere(host) for host in hosts):
            yield f"{name}: sslmode={mode}"


def _redis() -> Iterator[str]:
    place = urlsplit(settings.CELERY_BROKER_URL)  # the cache's is made of the same setting
    if place.scheme not in {"redis", "rediss"} or not _is_elsewhere(place.hostname or ""):
        return
    if place.scheme == "redis":
        yield "REDIS_URL: redis://, not rediss://"
        return
    asked = {name: values[-1].lower() for name, values in parse_qs(place.query).items()}
    if asked.get("ssl_cert_reqs", "required").removeprefix("cert_") != "required":
        yield "REDIS_URL: ssl_cert_reqs"
    elif asked.get("ssl_check_hostname", "true") == "false":
        yield "REDIS_URL: ssl_check_hostname"


def _mail() -> Iterator[str]:
    is_used = settings.MESSAGE_GATEWAYS["EMAIL"] == "smtp"
    if is_used and not settings.EMAIL_USE_TLS and _is_elsewhere(settings.EMAIL_HOST):
        yield "EMAIL_HOST: EMAIL_USE_TLS=0"


def _virus_scanner() -> Iterator[str]:
    place = settings.CLAMD  # its protocol has no TLS
    if place and not place.startswith("/") and _is_elsewhere(place.rpartition(":")[0]):
        yield "CLAMD: no TLS"


def _is_elsewhere(host: str) -> bool:
    """Tell whether a host is another machine; a name is, unless it says that it is this one."""
    if not host or host.startswith("/") or host.rstrip(".").lower() == "localhost":
        return False
    if host in settings.SAME_MACHINE:
        return False
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return True
