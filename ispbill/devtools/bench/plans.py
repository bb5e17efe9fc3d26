"""What the database does for a block of code: the statements, and the steps of their plans."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from ispbill.core import statements


class PlanRefused(Exception):
    """A query is answered in a way that will not do for a large company."""


@dataclass(frozen=True)
class Step:
    """A node of a plan: its kind, table and index ("" where it has none), and its conditions."""

    kind: str
    table: str = ""
    index: str = ""
    condition: str = ""
    """What the index is entered by."""
    filter: str = ""
    """What is looked at row by row."""
    rows_read: int = 0
    """Rows that came to the filter, in all rounds."""


@dataclass
class Statements:
    """The queries sent while it was listening, in order."""

    sent: list[tuple[str, Any]] = field(default_factory=list)

    def steps(self) -> list[Step]:
        """Explain every SELECT again, as the role we are at the moment."""
        return [step for sql, values in self.sent for step in explain(sql, values)]


@contextmanager
def listening() -> Iterator[Statements]:
    """Collect the statements of a block on the default connection."""
    statements = Statements()

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


def explain(sql: str, values: Any = None) -> list[Step]:
    """Carry a query out; return the steps of its plan. Nothing is done for what is no query."""
    if not sql.lstrip(" \n(").upper().startswith(("SELECT", "WITH")) or "set_config" in sql:
        return []
    found = statements.first(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", values)[0]
    plan = json.loads(found) if isinstance(found, str) else found
    return list(_steps(plan[0]["Plan"]))


def refuse_long_reads(steps: list[Step], tables: str | tuple[str, ...], *, most: int) -> None:
    """Raise PlanRefused when more than `most` rows of a table beginning so are looked through."""
    for step in steps:
        if step.table.startswith(tables) and step.rows_read > most:
            raise PlanRefused(
                f"{step.kind} reads {step.rows_read} rows of {step.table}: "
                f"{step.condition or 'no condition'}; {step.filter or 'no filter'}"
            )


def _steps(node: dict[str, Any]) -> Iterator[Step]:
    yield Step(
        kind=node["Node Type"],
        table=node.get("Relation Name", ""),
        index=node.get("Index Name", ""),
        condition=node.get("Index Cond", ""),
        filter=node.get("Filter", ""),
        rows_read=int((node["Actual Rows"] + _removed(node)) * node["Actual Loops"]),
    )
    for child in node.get("Plans", []):
        yield from _steps(child)


def _removed(node: dict[str, Any]) -> float:
    return float(node.get("Rows Removed by Filter", 0)) + float(
        node.get("Rows Removed by Index Recheck", 0)
    )
