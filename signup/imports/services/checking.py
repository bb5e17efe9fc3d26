"""The dry run: the whole file is taken apart, and every row judged. Nothing else is written."""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import transaction

from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.acts import Act
from payments.bank.rules import statement_cells
from payments.bank.services import files
from signup.imports.models import Import, ImportRow
from signup.imports.queries import known as knowing
from signup.imports.queries.known import Known
from signup.imports.services import history, judging, steps, uploading
from signup.imports.services.history import JudgedEntry
from signup.imports.services.judging import Judged

State = Import.State
CHUNK = 500


@transaction.atomic
def start(*, batch: Import, act: Act[User]) -> Import:
    """Let a worker check an import, or check it anew. Raises WrongStep."""
    of = (State.UPLOADED, State.CHECKED)
    return steps.begin(batch, of=of, to=State.CHECKING, action="checked", act=act, reasoned=False)


def check(batch: Import) -> None:
    """Judge every row; an earlier judgement is thrown away."""
    ImportRow.objects.filter(batch=batch).delete()
    known = knowing.of(batch)
    judged = _judged_history if batch.is_history else _judged
    for chunk in _chunks(_rows(batch)):
        Import.objects.filter(pk=batch.pk).update(touched_at=clock.real_now())
        ImportRow.objects.bulk_create(judged(batch, chunk, known))
    steps.ended(batch, state=State.CHECKED)


def _rows(batch: Import) -> Iterator[tuple[int, list[str]]]:
    found = files.rows(
        uploading.content_of(batch),
        encoding=batch.encoding,
        delimiter=batch.delimiter,
        limit=uploading.MOST_ROWS,
    )
    for number, row in found:
        cells = [statement_cells.text_of(cell) for cell in row]
        if number > 1 and any(cells):
            yield number, cells


def _chunks(rows: Iterable[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    left = iter(rows)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def _judged(batch: Import, chunk: list[tuple[int, list[str]]], known: Known) -> list[ImportRow]:
    judged = judging.judge(batch, [cells for _no, cells in chunk], known)
    return [
        row_of(batch, number, cells, one)
        for (number, cells), one in zip(chunk, judged, strict=True)
    ]


def _judged_history(
    batch: Import, chunk: list[tuple[int, list[str]]], known: Known
) -> list[ImportRow]:
    judged = history.judge(batch, [cells for _no, cells in chunk], known)
    return [
        row_of(batch, number, cells, one)
        for (number, cells), one in zip(chunk, judged, strict=True)
    ]


def row_of(batch: Import, number: int, cells: list[str], judged: Judged | JudgedEntry) -> ImportRow:
    """Return a judged row, not saved."""
    return ImportRow(
        batch=batch,
        row_no=number,
        cells=judging.closed(batch, cells),
        system=batch.system,
        kind=batch.kind,
        source_id=judged.said.source_id,
        service_key=judged.service_key,
        digest=judged.said.digest,
        state=judged.state,
        problems=judged.kept_problems,
    )
