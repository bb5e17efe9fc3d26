"""What the simulated gateways remember: one SQLite file, so that a restart loses no payment."""

import json
import sqlite3
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Record = dict[str, Any]

_TABLES = """
CREATE TABLE IF NOT EXISTS session (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    gateway TEXT NOT NULL,
    reference TEXT NOT NULL,
    amount TEXT NOT NULL,
    currency TEXT NOT NULL,
    state TEXT NOT NULL,
    made_at TEXT NOT NULL,
    asked TEXT NOT NULL,
    facts TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS session_by_reference ON session (gateway, reference);
CREATE TABLE IF NOT EXISTS charge (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    session TEXT NOT NULL,
    gateway TEXT NOT NULL,
    proof TEXT NOT NULL,
    bank_ref TEXT NOT NULL,
    state TEXT NOT NULL,
    facts TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS charge_by_session ON charge (session);
CREATE INDEX IF NOT EXISTS charge_by_proof ON charge (gateway, proof);
CREATE INDEX IF NOT EXISTS charge_by_bank_ref ON charge (gateway, bank_ref);
CREATE TABLE IF NOT EXISTS refund (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    ref TEXT NOT NULL UNIQUE,
    gateway TEXT NOT NULL,
    wanted_ref TEXT NOT NULL,
    bank_ref TEXT NOT NULL,
    amount TEXT NOT NULL,
    state TEXT NOT NULL,
    made_at TEXT NOT NULL,
    facts TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS callback (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    session TEXT NOT NULL,
    kind TEXT NOT NULL,
    url TEXT NOT NULL,
    fields TEXT NOT NULL,
    due REAL,
    tries INTEGER NOT NULL DEFAULT 0,
    answer TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS callback_due ON callback (due) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS call (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    gateway TEXT NOT NULL,
    operation TEXT NOT NULL,
    at TEXT NOT NULL,
    asked TEXT NOT NULL,
    status INTEGER NOT NULL,
    answer TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS token (
    value TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    until REAL NOT NULL
);
"""
_JSON = ("asked", "facts", "fields")


@dataclass
class Session:
    """One checkout a merchant opened. `amount` is text with two decimals, as asked."""

    key: str
    gateway: str
    reference: str
    amount: str
    currency: str
    state: str
    asked: Record
    facts: Record = field(default_factory=dict)
    made_at: str = ""
    number: int = 0


@dataclass
class Charge:
    """One payment attempt. `proof` is val_id or trxID, `bank_ref` the bank's own number."""

    session: str
    gateway: str
    proof: str
    bank_ref: str
    state: str
    facts: Record
    number: int = 0


class Store:
    """Every method is one transaction; hold `lock` around those that belong together."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self._base = sqlite3.connect(directory / "gateways.sqlite3", check_same_thread=False)
        self._base.row_factory = sqlite3.Row
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = OFF")  # the machine may crash, the process not
        self._base.executescript(_TABLES)

    def close(self) -> None:
        with self.lock:
            self._base.close()

    def clear(self) -> None:
        with self.lock, self._base:
            for table in ("session", "charge", "refund", "callback", "call"):
                self._base.execute(f"DELETE FROM {table}")  # noqa: S608 — names of this module

    # --- sessions ---------------------------------------------------------------------------

    def open(self, session: Session) -> Session:
        session.made_at = now()
        session.number = self._run(
            "INSERT INTO session (key, gateway, reference, amount, currency, state, made_at,"
            " asked, facts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            session.key,
            session.gateway,
            session.reference,
            session.amount,
            session.currency,
            session.state,
            session.made_at,
            session.asked,
            session.facts,
        )
        return session

    def session(self, key: str) -> Session | None:
        rows = self._rows("SELECT * FROM session WHERE key = ?", key)
        return Session(**rows[0]) if rows else None

    def sessions(
        self, *, gateway: str = "", reference: str = "", before: int = 0, limit: int = 50
    ) -> list[Session]:
        """Return sessions, newest first; an empty gateway or reference is all of them."""
        rows = self._rows(
            "SELECT * FROM session WHERE (? = '' OR gateway = ?) AND (? = '' OR reference = ?)"
            " AND (? = 0 OR number < ?) ORDER BY number DESC LIMIT ?",
            gateway,
            gateway,
            reference,
            reference,
            before,
            before,
            limit,
        )
        return [Session(**row) for row in rows]

    def keep(self, session: Session) -> None:
        """Write state and facts."""
        self._run(
            "UPDATE session SET state = ?, facts = ? WHERE key = ?",
            session.state,
            session.facts,
            session.key,
        )

    def price(self, key: str, amount: str) -> None:
        """Write the amount of a session that was opened without one."""
        self._run("UPDATE session SET amount = ? WHERE key = ?", amount, key)

    # --- payment attempts -----------------------------------------------------------------------

    def charge(self, charge: Charge) -> Charge:
        charge.number = self._run(
            "INSERT INTO charge (session, gateway, proof, bank_ref, state, facts)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            charge.session,
            charge.gateway,
            charge.proof,
            charge.bank_ref,
            charge.state,
            charge.facts,
        )
        return charge

    def keep_charge(self, charge: Charge) -> None:
        self._run(
            "UPDATE charge SET state = ?, facts = ? WHERE number = ?",
            charge.state,
            charge.facts,
            charge.number,
        )

    def charges_of(self, session: str) -> list[Charge]:
        """Return the attempts of a session, oldest first."""
        rows = self._rows("SELECT * FROM charge WHERE session = ? ORDER BY number", session)
        return [Charge(**row) for row in rows]

    def charge_by(self, gateway: str, *, proof: str = "", bank_ref: str = "") -> Charge | None:
        column, value = ("proof", proof) if proof else ("bank_ref", bank_ref)
        rows = self._rows(
            f"SELECT * FROM charge WHERE gateway = ? AND {column} = ? AND {column} <> ''"  # noqa: S608
            " ORDER BY number DESC LIMIT 1",
            gateway,
            value,
        )
        return Charge(**rows[0]) if rows else None

    # --- refunds ----------------------------------------------------------------------------

    def add_refund(self, **refund: Any) -> None:
        """Keep ref, gateway, wanted_ref, bank_ref, amount, state and facts."""
        self._run(
            "INSERT INTO refund (ref, gateway, wanted_ref, bank_ref, amount, state, made_at, facts)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            refund["ref"],
            refund["gateway"],
            refund["wanted_ref"],
            refund["bank_ref"],
            refund["amount"],
            refund["state"],
            now(),
            refund["facts"],
        )

    def refund(self, ref: str) -> Record | None:
        rows = self._rows("SELECT * FROM refund WHERE ref = ?", ref)
        return rows[0] if rows else None

    def refunds_of(self, gateway: str, bank_ref: str) -> list[Record]:
        return self._rows(
            "SELECT * FROM refund WHERE gateway = ? AND bank_ref = ? ORDER BY number",
            gateway,
            bank_ref,
        )

    def turn_refund(self, ref: str, state: str) -> None:
        self._run("UPDATE refund SET state = ? WHERE ref = ?", state, ref)

    # --- callbacks --------------------------------------------------------------------------

    def add_callback(
        self, *, session: str, kind: str, url: str, fields: Record, due: float | None
    ) -> int:
        return self._run(
            "INSERT INTO callback (session, kind, url, fields, due, made_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            session,
            kind,
            url,
            fields,
            due,
            now(),
        )

    def due_callbacks(self, at: float) -> list[Record]:
        return self._rows("SELECT * FROM callback WHERE due <= ? ORDER BY due, number", at)

    def next_due(self) -> float | None:
        due: float | None = self._rows("SELECT min(due) AS due FROM callback")[0]["due"]
        return due

    def answered(self, number: int, *, answer: str, due: float | None) -> None:
        """Note what the merchant answered, and when the callback is tried again, if at all."""
        self._run(
            "UPDATE callback SET tries = tries + 1, answer = ?, due = ? WHERE number = ?",
            answer,
            due,
            number,
        )

    def callbacks(self, session: str = "", *, limit: int = 100) -> list[Record]:
        """Return callbacks, newest first."""
        return self._rows(
            "SELECT * FROM callback WHERE (? = '' OR session = ?) ORDER BY number DESC LIMIT ?",
            session,
            session,
            limit,
        )

    # --- the log of what merchants asked ----------------------------------------------------

    def log(self, gateway: str, operation: str, asked: Record, status: int, answer: str) -> None:
        self._run(
            "INSERT INTO call (gateway, operation, at, asked, status, answer)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            gateway,
            operation,
            now(),
            asked,
            status,
            answer[:4000],
        )

    def calls(self, *, gateway: str = "", operation: str = "", limit: int = 100) -> list[Record]:
        """Return what merchants asked, newest first, secrets taken out."""
        return self._rows(
            "SELECT * FROM call WHERE (? = '' OR gateway = ?) AND (? = '' OR operation = ?)"
            " ORDER BY number DESC LIMIT ?",
            gateway,
            gateway,
            operation,
            operation,
            limit,
        )

    # --- tokens -----------------------------------------------------------------------------

    def add_token(self, kind: str, value: str, until: float) -> None:
        self._run("INSERT INTO token (value, kind, until) VALUES (?, ?, ?)", value, kind, until)

    def is_token(self, kind: str, value: str, at: float) -> bool:
        rows = self._rows(
            "SELECT 1 AS found FROM token WHERE kind = ? AND value = ? AND until > ?",
            kind,
            value,
            at,
        )
        return bool(rows)

    def forget_tokens(self, kind: str) -> None:
        self._run("DELETE FROM token WHERE kind = ?", kind)

    def _run(self, statement: str, *values: Any) -> int:
        bound = [json.dumps(value) if isinstance(value, dict) else value for value in values]
        with self.lock, self._base:
            return self._base.execute(statement, bound).lastrowid or 0

    def _rows(self, statement: str, *values: Any) -> list[Record]:
        with self.lock:
            rows = self._base.execute(statement, values).fetchall()
        return [
            {name: json.loads(row[name]) if name in _JSON else row[name] for name in row.keys()}  # noqa: SIM118 — iterating a Row gives values
            for row in rows
        ]


def now() -> str:
    """Return this moment, UTC, ISO 8601 with seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")
