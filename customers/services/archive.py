"""All data of the company as files a person or another program can read."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

# Secrets, sessions and what can be made again from the rest stay at home.
_LEFT_OUT_TABLES = {
    "customers_word",
    "accounts_onetimecode",
    "accounts_passkey",
    "accounts_recoverycode",
    "accounts_signedinsession",
    "accounts_totpdevice",
    "audit_rowversion",  # holds earlier states of every column, sealed ones too
}
_LEFT_OUT_COLUMNS = {"password", "search_text", "seal_id", "national_id_fingerprint"}
_SEALED = ("sealed_",)
_OURS = (
    "core", "accounts", "audit", "notifications", "customers", "network", "billing", "payments",
    "resellers",
)  # fmt: skip


def tables() -> dict[str, list[str]]:
    """Return the tables that are exported, each with its columns, without secrets."""
    found: dict[str, list[str]] = {}
    for label in _OURS:
        if not apps.is_installed(label) and not apps.is_installed(f"ispbill.{label}"):
            continue
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            table = model._meta.db_table
            if table not in _LEFT_OUT_TABLES and model._meta.managed:
                found[table] = _columns(model)
    return found


def write(*, folder: Path, at: datetime, tell: Callable[[str, int], None]) -> dict[str, Any]:
    """Write one CSV per table and `manifest.json` into `folder`, all of one moment.

    `tell` is called with table and row count after each. Moments are UTC, amounts plain numbers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for table, columns in tables().items():
            counts[table] = _copy(cursor, table, columns, folder / f"{table}.csv")
            tell(table, counts[table])
    manifest = {"written_at": at.isoformat(), "rows": counts}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    return manifest


def _copy(cursor: Any, table: str, columns: list[str], path: Path) -> int:
    quote = connection.ops.quote_name
    listed = ", ".join(quote(column) for column in columns)
    statement = (
        f"COPY (SELECT {listed} FROM {quote(table)} ORDER BY 1)"  # noqa: S608 - names of our models
        " TO STDOUT WITH (FORMAT csv, HEADER true)"
    )
    with path.open("wb") as file, cursor.cursor.copy(statement) as copy:
        for block in copy:
            file.write(block)
    cursor.execute(f"SELECT count(*) FROM {quote(table)}")  # noqa: S608 - as above
    return int(cursor.fetchone()[0])


def _columns(model: type[models.Model]) -> list[str]:
    return [
        str(field.column)
        for field in model._meta.concrete_fields
        if field.column
        and field.column not in _LEFT_OUT_COLUMNS
        and not field.column.startswith(_SEALED)
    ]
