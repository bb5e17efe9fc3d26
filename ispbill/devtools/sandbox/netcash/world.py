"""Everything the simulated Netcash knows, kept in one file that survives a restart."""

import contextlib
import json
import os
import secrets
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

Record = dict[str, Any]
STATE_FILE = "netcash-state.json"
CALLS_KEPT = 200
REPORTS_KEPT = 300

SWITCHES: Record = {
    # How many times a report, the mandate data or a statement is "not ready" first.
    "not_ready_polls": 1,
    # Netcash has not enabled authorisation by web service: 322.
    "authorise_by_hand": False,
    # Limits in cents, codes 318, 319 and 320; nought is none.
    "line_limit": 0,
    "day_limit": 0,
    "batch_limit": 0,
    # Of a hundred lines so many come back unpaid by themselves, reasons 02, 04, 30 and 12 in turn.
    "unpaid_percent": 0,
    # Business days from collection to an unpaid; a late one takes ten days.
    "unpaid_after_days": 1,
    # In cents, for every line collected; VAT of 15 % comes on top.
    "fee_per_line": 150,
    # The postback: sent at all, twice, or kept until it is let go.
    "sends_postbacks": True,
    "doubles_postbacks": False,
    "holds_postbacks": False,
    # Faults: so many times, −1 for always.
    "server_errors": 0,
    "lost_answers": 0,
    "html_answers": 0,
    "cut_answers": 0,
    # The method the faults are for; "" is every one.
    "faults_hit": "",
}
_SERVICES = ("account", "debit_order", "validation", "pay_now")


class World:
    """The state and its lock. Change it inside `changing()`; read it inside `reading()`."""

    def __init__(self, directory: Path, today: Callable[[], date]) -> None:
        prepared(directory)
        self._path = directory / STATE_FILE
        self._lock = threading.RLock()
        self._today = today
        self.state = self._load()
        self.today = today() + timedelta(days=int(self.state["days_ahead"]))

    @contextlib.contextmanager
    def changing(self) -> Iterator[Record]:
        """Hold the lock, look at the clock, and write the state down at the end."""
        now = self._today()
        with self._lock:
            self.today = now + timedelta(days=int(self.state["days_ahead"]))
            yield self.state
            self._save()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Record]:
        with self._lock:
            yield self.state

    def number(self, name: str) -> int:
        """Return the next number of a series, from 1."""
        series: dict[str, int] = self.state["series"]
        series[name] = series.get(name, 0) + 1
        return series[name]

    def keep_report(self, token: str, kind: str, text: str) -> str:
        """Keep a report to be fetched by its token, not ready for as many polls as switched."""
        reports: dict[str, Record] = self.state["reports"]
        reports[token] = {"kind": kind, "left": self.switch("not_ready_polls"), "text": text}
        while len(reports) > REPORTS_KEPT:
            del reports[next(iter(reports))]
        return token

    def switch(self, name: str) -> Any:
        return self.state["switches"][name]

    def uses_up(self, name: str, method: str) -> bool:
        """Tell whether a counted fault strikes now, and count it."""
        with self._lock:
            switches = self.state["switches"]
            left = int(switches[name])
            if not left or switches["faults_hit"] not in {"", method}:
                return False
            if left > 0:
                switches[name] = left - 1
                self._save()
            return True

    def clear(self) -> None:
        """Forget mandates, batches and money; keys, port, profile and switches stay."""
        with self.changing() as state:
            fresh = _fresh()
            for kept in ("keys", "port", "profile", "switches", "days_ahead"):
                fresh[kept] = state[kept]
            self.state = fresh

    def _load(self) -> Record:
        known: Record = json.loads(self._path.read_text("utf-8"))
        fresh = _fresh()
        known["switches"] = fresh["switches"] | {
            name: value for name, value in known["switches"].items() if name in SWITCHES
        }
        return fresh | known

    def _save(self) -> None:
        _draft(self._path, self.state).replace(self._path)


def prepared(directory: Path) -> tuple[str, dict[str, str]]:
    """Return the base address and the merchant's keys, decided now if they never were.

    The demo company is made before or while the simulator starts, and has to know them.
    """
    path = directory / STATE_FILE
    if not path.exists():
        directory.mkdir(parents=True, exist_ok=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        draft = _draft(path, _fresh() | {"port": port})
        with contextlib.suppress(FileExistsError):  # another process was quicker
            os.link(draft, path)
        draft.unlink()
    state: Record = json.loads(path.read_text("utf-8"))
    return f"http://127.0.0.1:{state['port']}", dict(state["keys"])


def _draft(path: Path, state: Record) -> Path:
    """Write the state beside its place, for its owner only."""
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        json.dump(state, file, ensure_ascii=False)
    return draft


def _fresh() -> Record:
    return {
        "keys": {service: str(uuid.uuid4()) for service in _SERVICES},
        "port": 0,
        "days_ahead": 0,
        "switches": dict(SWITCHES),
        "profile": {"postback_url": ""},
        "series": {},
        "mandates": [],
        "batches": [],
        "reports": {},
        "movements": [],
        "blocked": {},
        "twice_unpaid": {},
        "seen": {},
        "postbacks": [],
        "held": [],
        "calls": [],
    }
