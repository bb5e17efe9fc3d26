"""Bank accounts and statements, taken in and read the way the product does it."""

from datetime import UTC, datetime
from itertools import count

from ispbill.core.acts import Act
from payments.bank.models import BankAccount, StatementImport, StatementLine
from payments.bank.rules import statement_rows
from payments.bank.services import payouts, reading, uploads
from payments.bank.services.payouts import NewPayout
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.billing import chart

_numbers = count(1)
HEAD = "Date,Description,Reference,Counterparty,Account Number,Amount"
PAYOUT_HEAD = "TrxID,Transaction Date,Amount,Service charge"
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
        account=account, name=name, content=content, act=Act(actor or UserFactory(), at)
    )


def imported(account, *rows, at, actor=None, content=None, **layout):
    """A statement of these rows, read and examined; `layout` changes what was guessed."""
    actor = actor or UserFactory()
    statement = uploaded(account, content or csv_of(*rows), at=at, actor=actor)
    kept = statement_rows.layout_of(statement.layout | layout)
    uploads.start(statement=statement, layout=kept, act=Act(actor, at))
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
        day,
        description,
        values.pop("reference", ""),
        values.pop("counterparty", ""),
        values.pop("payer", ""),
        amount,
    )
    content = csv_of(row) + b"\n" * next(_numbers)  # two files may say the same
    return lines_of(imported(account, at=at, content=content, **values))[0]


def payout_of(account, *references, at, actor=None, provider="BKASH"):
    """A payout of these transactions (1,000.00 each, 18.50 of it the fee), read, not booked."""
    rows = [f"{one},{at:%Y-%m-%d},1000.00,18.50" for one in references or ("UNKNOWN01",)]
    payout = payouts.upload(
        wanted=NewPayout(provider, account, f"PO-{next(_numbers)}", at.date()),
        name="payout.csv",
        content="\n".join([PAYOUT_HEAD, *rows]).encode(),
        act=Act(actor or UserFactory(), at),
    )
    layout = statement_rows.layout_of(payout.layout)
    return payouts.read(payout=payout, layout=layout, act=Act(actor or UserFactory(), at))
