"""Read a statement's file into lines, as a worker does it: in chunks, each line once.

Broken off, it begins anew and finds what it has written: a line's fingerprint is unique in its
account, a bad row in its file. The same money in two overlapping files is one line.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs, trail
from ispbill.core import clock, locks
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.marking import gettext_noop
from payments.bank.models import BadRow, StatementImport, StatementLine
from payments.bank.rules import statement_rows
from payments.bank.rules.statement_cells import Cell, text_of
from payments.bank.rules.statement_rows import Row, RowRefused
from payments.bank.services import examining, files, payers

CHUNK = 1000
State = StatementImport.State

AHEAD = gettext_noop("The day lies in the future.")


@dataclass
class _Read:
    """What has been read so far."""

    rows: list[Row] = field(default_factory=list)
    bad: list[RowRefused] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)


def read(*, statement_id: int, at: datetime) -> None:
    """Read a statement that waits for it and look for its payers; anything else is left alone.

    What the file itself is to blame for ends in the state FAILED with its reason; any other
    failure is raised again after the job says so.
    """
    with locks.only_one(f"payments.statement.{statement_id}") as free:
        statement = (
            StatementImport.objects.select_related("account")
            .filter(pk=statement_id, state=State.READING)
            .first()
        )
        if not free or statement is None:
            return
        run = JobRun.objects.get(pk=statement.run_id or 0)
        JobRun.objects.filter(pk=run.pk).update(processed=0, skipped=0, failed=0)
        progress = jobs.Progress(run)
        try:
            _read(statement, progress, at=at)
        except DomainError as refusal:
            _fail(statement, str(refusal))
            jobs.finish(run, status=JobRun.Status.FAILED, error=str(refusal))
        except Exception as error:
            _fail(statement, _("Something went wrong while reading. Try once more."))
            words = f"{type(error).__name__}: {error}"
            jobs.finish(run, status=JobRun.Status.FAILED, error=words)
            raise
        else:
            run.refresh_from_db(fields=["status"])
            jobs.finish(run, status=JobRun.Status.COMPLETED)


def _read(statement: StatementImport, progress: jobs.Progress, *, at: datetime) -> None:
    layout = statement_rows.layout_of(statement.layout)
    content = files.kept(statement.path)

    def rows() -> Iterator[tuple[int, list[Cell | None]]]:
        return files.rows(content, encoding=layout.encoding, delimiter=layout.delimiter)

    progress.total(sum(1 for _row in rows()), step="rows")
    so_far, chunk, position = _Read(), [], 0
    for number, cells in rows():
        position += 1
        read_one = None
        if number > layout.head_row + 1:
            read_one = statement_rows.read_row(number, cells, layout)
        if isinstance(read_one, Row) and read_one.booked_on > clock.local_date(at):
            texts = [text_of(cell) for cell in cells]
            read_one = RowRefused(number, texts, AHEAD)
        if read_one is not None:
            chunk.append(read_one)
        if position % CHUNK == 0:
            _write(statement, chunk, so_far, at=at)
            progress.advance(processed=CHUNK)
            chunk = []
    _write(statement, chunk, so_far, at=at)
    progress.advance(processed=position % CHUNK)
    _describe(statement, so_far)
    JobRun.objects.filter(pk=progress.run.pk).update(processed=0)
    examining.examine_open(at=at, statement_id=statement.pk, progress=progress)
    StatementImport.objects.filter(pk=statement.pk).update(state=State.READ, error="")


@transaction.atomic
def _write(
    statement: StatementImport, chunk: list[Row | RowRefused], so_far: _Read, *, at: datetime
) -> None:
    if not chunk:
        return
    trail.begin(act=Act(None, at, reason=f"statement {statement.pk} read"))
    good = [one for one in chunk if isinstance(one, Row)]
    bad = [one for one in chunk if isinstance(one, RowRefused)]
    lines = [_line(statement, row, so_far.seen) for row in good]
    StatementLine.objects.bulk_create(lines, ignore_conflicts=True)
    BadRow.objects.bulk_create(
        [
            BadRow(statement=statement, row_no=one.row_no, cells=one.cells, problem=one.problem)
            for one in bad
        ],
        ignore_conflicts=True,
    )
    so_far.rows += good
    so_far.bad += bad


def _line(statement: StatementImport, row: Row, seen: Counter[str]) -> StatementLine:
    told = (
        (row.bank_id,)
        if row.bank_id
        else (row.description, row.reference, row.counterparty, row.payer)
    )
    same = "\x1f".join([row.booked_on.isoformat(), f"{row.amount:.2f}", *told])
    # Two movements may be alike in every word: the second of a file is the second of any other.
    seen[same] += 1
    fingerprint = hashlib.sha256(f"{same}\x1f{seen[same]}".encode()).hexdigest()
    line = StatementLine(
        account_id=statement.account_id,
        statement=statement,
        row_no=row.row_no,
        booked_on=row.booked_on,
        amount=row.amount,
        open_amount=row.amount,
        description=row.description,
        reference=row.reference,
        counterparty=row.counterparty,
        bank_id=row.bank_id,
        fingerprint=fingerprint,
    )
    payers.keep_number(line, row.payer)
    return line


def _describe(statement: StatementImport, so_far: _Read) -> None:
    if not so_far.rows and not so_far.bad:
        raise files.FileRefused(_("No row of this file could be read in these columns."))
    days = [row.booked_on for row in so_far.rows]
    balances = statement_rows.opening_and_closing(so_far.rows)
    opening: Decimal | None = balances[0] if balances else None
    closing: Decimal | None = balances[1] if balances else None
    StatementImport.objects.filter(pk=statement.pk).update(
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        opening_amount=opening,
        closing_amount=closing,
        row_count=len(so_far.rows),
        bad_count=len(so_far.bad),
        new_count=statement.lines.count(),
    )


def _fail(statement: StatementImport, words: str) -> None:
    StatementImport.objects.filter(pk=statement.pk).update(state=State.FAILED, error=words[:300])
