"""The servers a command needs, and the environment variables that lead to them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import environ

from ispbill.devtools.local import places, roles
from ispbill.devtools.local.postgres import EmbeddedPostgres, Mode
from ispbill.devtools.local.valkey import EmbeddedValkey

# libpq reads these behind our back; they belong to some other database of this machine.
_STRAY = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD", "PGPASSFILE",
          "PGSERVICE", "PGSERVICEFILE", "PGOPTIONS", "PGSSLMODE")  # fmt: skip


class Servers:
    """PostgreSQL and Valkey: embedded, unless DATABASE_URL or REDIS_URL name others."""

    def __init__(self, mode: Mode) -> None:
        if (places.ROOT / ".env").exists():
            environ.Env.read_env(places.ROOT / ".env")  # as the settings do: it may name servers
        self.postgres = None if _named("DATABASE_URL") else EmbeddedPostgres(mode)
        self.valkey = None if _named("REDIS_URL") else EmbeddedValkey(mode)

    def start(self) -> None:
        """Start or join them, and export DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL."""
        if self.postgres:
            self.postgres.start()
            for name in _STRAY:
                os.environ.pop(name, None)
            os.environ["DATABASE_URL"] = self.postgres.url(roles.APP)
            os.environ["DATABASE_OWNER_URL"] = self.postgres.url(roles.OWNER)
        elif "DATABASE_URL" in os.environ:
            os.environ.setdefault("DATABASE_OWNER_URL", os.environ["DATABASE_URL"])
        if self.valkey:
            self.valkey.start()
            os.environ["REDIS_URL"] = self.valkey.url()

    def heal(self) -> list[str]:
        """Start again what is gone (killed, out of memory); return the names. Raises LocalError."""
        named = (("PostgreSQL", self.postgres), ("Valkey", self.valkey))
        return [name for name, server in named if server and server.heal()]

    def stop(self) -> None:
        """Stop what is embedded and used by nobody else."""
        for server in (self.valkey, self.postgres):
            if server:
                server.stop()

    def forget(self) -> None:
        for server in (self.valkey, self.postgres):
            if server:
                server.forget()


def _named(variable: str) -> bool:
    return bool(os.environ.get(variable) or os.environ.get(f"{variable}_FILE"))


@contextmanager
def serving(mode: Mode) -> Iterator[Servers]:
    """The servers of `mode` for the duration of a block."""
    servers = Servers(mode)
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()
