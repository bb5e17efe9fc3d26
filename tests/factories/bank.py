"""Bank accounts and statements, taken in and read the way the product does it."""

from datetime import UTC, datetime
from itertools import count

from payments.models import BankAccount, StatementImport, StatementLine
from payments.rules import statement_rows
from payments.services.imports import reading, uploads
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.billing import chart

_numbers = count(1)
HEAD = "Date,Description,Reference,Counterparty,Account Number,Amount"
BORN = datetime(2026, 1, 1, tzinfo=UTC)


def bank_account(*, account=1010, method="EFT", branch=None, **values):
    """A bank account of ours; 1010 is the usual place of bank transfers in the books."""
    chart()
    return BankAccount.objects.create(
        name=values.pop("name", f"Bank {next(_numbers)}"),
        account_id=account,
        method=method,
        branch=branch or BranchFactory(),
        created_at=BORN,
        **values,
    )


def csv_of(*rows):
    """A statement of (day, description, amount) or of whole rows in the order of HEAD."""
    lines = [HEAD]
    for row in rows:
        cells = row if len(row) == 6 else (row[0], row[1], "", "", "", row[2])
        lines.append(",".join(str(cell) for cell in cells))
    return "\n".join(lines).encode()


def uploaded(account, content, *, at, actor=None, name="statement.csv"):
    return uploads.upload(
        account=account, name=name, content=content, at=at, actor=actor or UserFactory()
    )


def imported(account, *rows, at, actor=None, content=None, **layout):
    """A statement of these rows, read and examined; `layout` changes what was guessed."""
    actor = actor or UserFactory()
    statement = uploaded(account, content or csv_of(*rows), at=at, actor=actor)
    kept = statement_rows.layout_of(statement.layout | layout)
    uploads.start(statement=statement, layout=kept, at=at, actor=actor)
    reading.read(statement_id=statement.pk, at=at)
    return StatementImport.objects.get(pk=statement.pk)


def lines_of(statement):
    return list(
        StatementLine.objects.filter(statement=statement)
        .select_related("account")
        .order_by("row_no")
    )


def line_of(account, amount="1150.00", description="Transfer", day="2026-01-09", *, at, **values):
    """One line of money on a statement of its own."""
    row = (
        day, description, values.pop("reference", ""), values.pop("counterparty", ""),
        values.pop("payer", ""), amount,
    )  # fmt: skip
    content = csv_of(row) + b"\n" * next(_numbers)  # two files may say the same
    return lines_of(imported(account, at=at, content=content, **values))[0]
