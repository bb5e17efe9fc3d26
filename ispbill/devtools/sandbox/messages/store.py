"""What the simulated provider has been given: one SQLite file, shared by its threads."""

import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Record = dict[str, Any]

_TABLE = """
CREATE TABLE IF NOT EXISTS message (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    parts INTEGER NOT NULL,
    received_at TEXT NOT NULL,
    times_sent INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX IF NOT EXISTS by_recipient ON message (recipient, number);
"""


class Store:
    """Messages by client id: the same id again counts up and changes nothing else."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._base = sqlite3.connect(directory / "messages.sqlite3", check_same_thread=False)
        self._base.row_factory = sqlite3.Row
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = OFF")  # a simulator's inbox may lose its last line
        self._base.executescript(_TABLE)

    def close(self) -> None:
        with self._lock:
            self._base.close()

    def take(self, message: Record) -> tuple[str, bool]:
        """Keep a message; return our reference and whether it was known already."""
        with self._lock, self._base:
            row = self._base.execute(
                "INSERT INTO message (client_id, channel, recipient, subject, body, parts,"
                " received_at) VALUES (:id, :channel, :recipient, :subject, :body, :parts, :now)"
                " ON CONFLICT (client_id) DO UPDATE SET times_sent = times_sent + 1"
                " RETURNING number, times_sent",
                {**message, "now": datetime.now(UTC).isoformat(timespec="seconds")},
            ).fetchone()
        return f"sim-{row['number']}", row["times_sent"] > 1

    def newest(self, *, recipient: str = "", before: int = 0, limit: int = 50) -> list[Record]:
        """Return messages, newest first; `recipient` is a part of the number or address."""
        with self._lock:
            rows = self._base.execute(
                "SELECT * FROM message WHERE instr(lower(recipient), lower(?)) > 0"
                " AND (? = 0 OR number < ?) ORDER BY number DESC LIMIT ?",
                [recipient, before, before, limit],
            ).fetchall()
        return [dict(row) for row in rows]

    def by_number(self, number: int) -> Record | None:
        """Return one message."""
        with self._lock:
            row = self._base.execute("SELECT * FROM message WHERE number = ?", [number]).fetchone()
        return None if row is None else dict(row)

    def clear(self) -> None:
        with self._lock, self._base:
            self._base.execute("DELETE FROM message")
