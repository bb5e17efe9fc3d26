"""Read the environment once, with the quirks of database and broker addresses smoothed out.

django-environ keeps a socket host escaped, and treats a value that starts with ``$`` as a
reference; addresses are therefore parsed here, and every secret is read as plain text.
"""

import os
import socket
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


class Misconfigured(RuntimeError):
    """A required setting is missing or unusable; the message names the variable."""


# Every variable asked for so far, and whether the environment gave it (`manage.py doctor` tells).
asked: dict[str, bool] = {}


def _given(name: str) -> str | None:
    value = os.environ.get(name)
    asked[name] = bool((value or "").strip() or os.environ.get(f"{name}_FILE"))
    return value


def text(name: str, default: str | None = None) -> str:
    """Return a setting; ``NAME_FILE`` may name a file holding it (for container secrets)."""
    value = _given(name)
    file = os.environ.get(f"{name}_FILE")
    if file:
        return _held_by(name, Path(file))
    # Empty is "not set", so that a line without a value in .env changes nothing.
    value = value if value and value.strip() else default
    if value is None:
        raise Misconfigured(f"{name} is not set. See .env.example.")
    return value


def _held_by(name: str, file: Path) -> str:
    """Return what a secret's file holds. An empty one is a mistake: a default would hide it."""
    try:
        value = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{name}_FILE cannot be read ({type(error).__name__}).") from error
    if not value:
        raise Misconfigured(f"{name}_FILE names an empty file.")
    return value


_YES, _NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def flag(name: str, *, default: bool) -> bool:
    value = (_given(name) or "").strip().lower()
    if not value:
        return default
    if value not in _YES | _NO:
        raise Misconfigured(f"{name} must be 1 or 0.")
    return value in _YES


def number(name: str, default: int) -> int:
    value = (_given(name) or "").strip()
    if value and not value.isdecimal():
        raise Misconfigured(f"{name} must be a whole number.")
    return int(value) if value else default


def words(name: str, default: str | None = "") -> list[str]:
    """Return a comma-separated list with blanks removed."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(address: str) -> dict[str, Any]:
    """Turn ``postgres://user:password@host:port/name?host=/socket/dir`` into Django's form."""
    parts = urlsplit(address)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise Misconfigured("DATABASE_URL must begin with postgres://")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    host = query.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(query),
    }


def tls_of(database: dict[str, Any]) -> dict[str, str]:
    """Return what a database of the settings is told about TLS (sslmode, sslrootcert), as libpq."""
    given = database.get("OPTIONS", {}).items()
    return {name: str(value) for name, value in given if name.startswith("ssl")}


def redis(address: str, *, first: int = 0) -> dict[str, str]:
    """Return broker and cache addresses for ``redis://host/N`` or ``redis+socket:///path?db=N``.

    The broker is database N (`first` where none is named), the cache database N + 2. What follows
    a question mark (``rediss://…?ssl_ca_certs=/etc/ispbill/ca.pem``) is of both.
    """
    parts = urlsplit(address)
    if parts.scheme in {"redis+socket", "unix"}:
        path, asked = unquote(parts.path), parse_qs(parts.query).get("db", [""])[-1]
        number = int(asked) if asked.isdigit() else first
        return {
            "broker": f"redis+socket://{path}?virtual_host={number}",
            "cache": f"unix://{path}?db={number + 2}",
        }
    if parts.scheme not in {"redis", "rediss"}:
        raise Misconfigured("REDIS_URL must begin with redis://, rediss:// or redis+socket://")
    base, mark, options = address.partition("?")
    base, number = base.rstrip("/"), first
    if parts.path.strip("/").isdigit():
        number = int(parts.path.strip("/"))
        base = base.rsplit("/", maxsplit=1)[0]
    return {
        "broker": f"{base}/{number}{mark}{options}",
        "cache": f"{base}/{number + 2}{mark}{options}",
    }


def secured(name: str, address: str) -> None:
    """Refuse an address of the web without TLS, unless it is this machine's."""
    parts = urlsplit(address)
    is_own = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}
    if parts.scheme != "https" and not is_own:
        raise Misconfigured(f"{name} must begin with https://")


def scanner(address: str) -> tuple[socket.AddressFamily, Any]:
    """Return family and place of clamd's socket: ``/path`` or ``host:port``, ``[::1]:3310``."""
    if address.startswith("/"):
        return socket.AF_UNIX, address
    host, _colon, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise Misconfigured("CLAMD must be the path of a socket, or host:port.")
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    return family, (host.strip("[]"), int(port))
