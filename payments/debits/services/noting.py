"""Write down what became of a statement's lines."""

from collections.abc import Sequence

from django.db import transaction

from ispbill.core import statements
from payments.debits.models import DebitOrder, DebitStatementLine

_NOTE = """
    UPDATE payments_debitstatementline l
    SET outcome = n.outcome, note = n.note, order_id = n.order_id
    FROM json_to_recordset(%s) AS n (id bigint, outcome text, note text, order_id bigint)
    WHERE l.id = n.id RETURNING l.id
"""


@transaction.atomic
def note(
    line: DebitStatementLine, outcome: str, words: str = "", order: DebitOrder | None = None
) -> str:
    """Write what became of a line."""
    fields = ["outcome", "note"]
    line.outcome, line.note = DebitStatementLine.Outcome(outcome).value, words[:200]
    if order is not None:
        line.order, fields = order, [*fields, "order"]
    line.save(update_fields=fields)
    return line.outcome


def note_all(noted: Sequence[tuple[DebitStatementLine, DebitOrder, str, str]]) -> None:
    """Write what became of lines, and their orders."""
    rows = statements.rows(
        {"id": line.pk, "outcome": outcome, "note": words[:200], "order_id": order.pk}
        for line, order, outcome, words in noted
    )
    if noted:
        statements.fetch(_NOTE, [rows])
