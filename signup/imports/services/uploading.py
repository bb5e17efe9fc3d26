"""A file is given: it is looked at, and how to read it is guessed."""

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import crypto
from ispbill.core.acts import Act
from payments.bank.rules import statement_cells
from payments.bank.services import files
from payments.bank.services.files import FileRefused
from signup.imports.models import Import
from signup.imports.rules import fields, history

_SAMPLE = 200  # rows by which the way days are written is guessed
_DAYS = ("customer_since", "activated_on", "next_billing_date", "on")
MOST_BYTES = 48 * 1024 * 1024
MOST_ROWS = 200_001  # with the head
_CONTEXT = "signup.import:content"


@transaction.atomic
def upload(
    *, name: str, content: bytes, system: str, act: Act[User], kind: str = Import.Kind.CUSTOMERS
) -> Import:
    """Keep a file whose columns are still to be named. Raises FileRefused."""
    files.check(content, most_bytes=MOST_BYTES)
    encoding = files.guess_encoding(content)
    delimiter = files.guess_delimiter(content, encoding)
    rows = [
        [statement_cells.text_of(cell) for cell in row]
        for _no, row in files.rows(content, encoding=encoding, delimiter=delimiter, most=_SAMPLE)
    ]
    if len(rows) < 2:
        raise FileRefused(_("The file has no rows below its head."))
    columns = [cell[:120] for cell in rows[0]]
    is_history = kind != Import.Kind.CUSTOMERS
    mapping = history.guess(columns) if is_history else fields.guess(system, columns)
    trail.begin(act=act)
    batch = Import.objects.create(
        name=name[:160],
        system=system,
        kind=kind,
        content=crypto.seal(content.decode("latin-1"), context=_CONTEXT).encode(),
        encoding=encoding,
        delimiter=delimiter,
        columns=columns,
        mapping=mapping,
        date_format=_date_format(rows[1:], mapping),
        created_by=act.actor,
        created_at=act.at,
    )
    events.record(
        act=act,
        action="import.uploaded",
        target=batch,
        after={"system": system, "kind": kind, "columns": len(columns)},
    )
    return batch


def content_of(batch: Import) -> bytes:
    """Return the file as it came; nothing once it has been taken apart for good."""
    kept = bytes(batch.content)
    return crypto.unseal(kept.decode(), context=_CONTEXT).encode("latin-1") if kept else b""


def _date_format(rows: list[list[str]], mapping: dict[str, int]) -> str:
    places = [mapping[name] for name in _DAYS if name in mapping]
    cells = [row[place] for row in rows for place in places if place < len(row) and row[place]]
    days = [cell for cell in cells if not cell.startswith("0000")]
    found = statement_cells.guess_date_formats(days)
    return found[0] if found else "YYYY-MM-DD"
