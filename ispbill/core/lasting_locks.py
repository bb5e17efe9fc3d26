"""Which operations of a migration hold others up, or break the release that still runs.

While a release is upgraded, web and workers of the one before go on. What waits long for a lock,
or reads and writes a whole table under one, holds them up; what takes away a column or a name they
use breaks them. Sources: PostgreSQL manual, ALTER TABLE (a constraint without NOT VALID and a
change of type read or write every row under ACCESS EXCLUSIVE), CREATE INDEX (without CONCURRENTLY
writes wait). New tables are used by nobody yet: anything may be done to them.
"""

from collections.abc import Iterable, Iterator

from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
)
from django.db import migrations, models
from django.db.migrations import operations as ops
from django.db.models.fields import NOT_PROVIDED

_PASSES = (AddConstraintNotValid, AddIndexConcurrently, RemoveIndexConcurrently)
WAITS, BREAKS = "holds others up", "breaks the release before"


def found(app: str, wanted: Iterable[migrations.Migration]) -> Iterator[tuple[str, str, str]]:
    """Yield migration, operation, and why it is no good while the release before runs."""
    made: set[str] = set()
    for migration in wanted:
        for operation in migration.operations:
            if isinstance(operation, ops.CreateModel):
                made.add(operation.name_lower)
                continue
            model = getattr(operation, "model_name_lower", "") or getattr(
                operation, "name_lower", ""
            )
            why = judge(operation)
            if why and model not in made:
                yield f"{app}.{migration.name}", operation.describe(), why


def judge(operation: ops.base.Operation) -> str:
    """Return why an operation on a table in use is no good, "" for one that is."""
    if isinstance(operation, _PASSES):
        return ""
    if isinstance(operation, ops.RemoveField | ops.DeleteModel | ops.RenameField | ops.RenameModel):
        return BREAKS
    if isinstance(operation, ops.AddIndex | ops.AddConstraint | ops.AlterField):
        return WAITS
    if isinstance(operation, ops.AddField):
        return _added(operation.field)
    return ""


def _added(field: models.Field) -> str:  # type: ignore[type-arg]
    """A column that must be filled breaks the release before, which does not know it."""
    if field.null or field.db_default is not NOT_PROVIDED or field.many_to_many:
        return ""
    return BREAKS
