"""Which statements took the database most time, where it keeps count (pg_stat_statements)."""

from dataclasses import dataclass

from django.db import DatabaseError, connection, transaction

_SLOWEST = """
    SELECT left(regexp_replace(query, '\\s+', ' ', 'g'), 300), calls, total_exec_time / 1000,
           mean_exec_time, rows
    FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
    WHERE d.datname = current_database() AND query <> '<insufficient privilege>'
      AND mean_exec_time >= %s
    ORDER BY total_exec_time DESC LIMIT %s
"""


@dataclass(frozen=True)
class Statement:
    """A statement without its values, and what it cost since the last reset."""

    text: str
    calls: int
    seconds: float
    mean_milliseconds: float
    rows: int


def slowest(*, at_least_milliseconds: float = 5, count: int = 15) -> list[Statement] | None:
    """Return the statements that took most time in all; None where nobody keeps count."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_SLOWEST, [at_least_milliseconds, count])
            return [Statement(*row) for row in cursor.fetchall()]
    except DatabaseError:
        return None
