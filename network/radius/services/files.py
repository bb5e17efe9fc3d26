"""FreeRADIUS's configuration: whole, from the files of this room, with this company's values."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ispbill import environment
from network.radius.services import keys

TEMPLATES = Path(__file__).parents[1] / "freeradius"
NAMES = ("radiusd.conf", "sql.conf")
_LIBRARIES = ("/usr/lib/freeradius", "/usr/lib64/freeradius")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where FreeRADIUS runs: its files, logs and run directory, and where it listens."""

    directory: Path
    logs: Path = Path("/var/log/freeradius")
    run: Path = Path("/run/freeradius")
    listen: str = "*"
    auth_port: int = 1812
    acct_port: int = 1813
    account: str = "freerad"


def write(place: Place, *, database: str) -> list[Path]:
    """Write the files anew, each readable by its owner and group only; return them.

    `database` is a connection string of libpq for the role that may read the views.
    """
    values = {
        "directory": str(place.directory),
        "logs": str(place.logs),
        "run": str(place.run),
        "libraries": next((one for one in _LIBRARIES if Path(one).is_dir()), _LIBRARIES[0]),
        "listen": place.listen,
        "auth_port": str(place.auth_port),
        "acct_port": str(place.acct_port),
        "account": _account(place.account),
        "database": _quoted(database),
        "key": keys.key().hex(),
    }
    place.directory.mkdir(parents=True, exist_ok=True)
    return [_written(place.directory / name, _filled(name, values)) for name in NAMES]


def connection_string(database: dict[str, Any]) -> str:
    """Return Django's words for a database as libpq's, those about TLS among them."""
    wanted = {
        "host": database.get("HOST"),
        "port": database.get("PORT"),
        "dbname": database.get("NAME"),
        "user": database.get("USER"),
        "password": database.get("PASSWORD"),
        **environment.tls_of(database),
    }
    return " ".join(f"{name}='{_escaped(str(value))}'" for name, value in wanted.items() if value)


def _account(name: str) -> str:
    return f"\tuser = {name}\n\tgroup = {name}" if name else ""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _quoted(text: str) -> str:
    """Return a text as it stands between FreeRADIUS's double quotes."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")


def _filled(name: str, values: dict[str, str]) -> str:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text


def _written(path: Path, text: str) -> Path:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    path.chmod(0o640)
    return path
