"""Time two sides in pairs, count what is deterministic, and say how quiet the machine was."""

import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.db import connection

from ispbill.core import statements


@dataclass
class Timed:
    """Wall and processor seconds of a block, statements sent and WAL written in it.

    The records are the deterministic figure: a checkpoint in between adds whole pages to the
    bytes, and to nothing else.
    """

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    statements: int = 0
    wal_bytes: int = 0
    wal_records: int = 0


@contextmanager
def timed() -> Iterator[Timed]:
    """Measure a block on the default connection."""
    result = Timed()

    def count(execute: Callable[..., Any], *args: Any) -> Any:
        result.statements += 1
        return execute(*args)

    before, records = _wal(), _wal_records()
    with connection.execute_wrapper(count):
        cpu, start = time.process_time(), time.perf_counter()
        yield result
        result.seconds = time.perf_counter() - start
        result.cpu_seconds = time.process_time() - cpu
    result.wal_bytes = _wal() - before
    result.wal_records = _wal_records() - records


@dataclass
class Pairs:
    """Measurements of ours against a reference, pair by pair in the same run."""

    ours: list[float] = field(default_factory=list)
    reference: list[float] = field(default_factory=list)

    def add(self, ours: float, reference: float) -> None:
        self.ours.append(ours)
        self.reference.append(reference)

    def as_dict(self) -> dict[str, Any]:
        """Return medians and the ratio ours / reference with its spread (rates: more is better)."""
        ratios = [a / b for a, b in zip(self.ours, self.reference, strict=True)]
        return {
            "ours": round(median(self.ours), 2),
            "reference": round(median(self.reference), 2),
            "ratio": round(median(ratios), 4),
            "min": round(min(ratios), 4),
            "max": round(max(ratios), 4),
            "pairs": len(ratios),
        }


def rss_mb() -> float:
    """Return the peak resident memory of this process so far, in MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def load() -> list[float]:
    """Return the machine's load averages, to be printed beside every figure."""
    return [round(value, 2) for value in os.getloadavg()]


def percentile(values: list[float], share: float) -> float:
    """Return the value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _wal() -> int:
    """Return how far the log has been written into; what is on the disk lags behind it."""
    return int(statements.first("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')")[0])


def _wal_records() -> int:
    """Return the WAL records written by this connection; before PostgreSQL 18 by the server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        if connection.connection.info.server_version >= 180_000:
            cursor.execute("SELECT wal_records FROM pg_stat_get_backend_wal(pg_backend_pid())")
        else:
            cursor.execute("SELECT wal_records FROM pg_stat_wal")
        return int(cursor.fetchone()[0])
