"""Make transactions of a provider's payout out of the rows of its settlement file.

Pure. Gross is what the customer paid, fee what the provider keeps, net what it pays out; two of
the three are enough. Negative gross is money it took back (a refund, a chargeback); no gross is a
fee alone, of a transaction in another row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ispbill.core.marking import gettext_noop
from payments.bank.rules.statement_cells import (
    DATE_FORMATS,
    Cell,
    CellRefused,
    read_amount,
    read_date,
    text_of,
)
from payments.bank.rules.statement_rows import Layout, RowRefused


@dataclass(frozen=True)
class PayoutRow:
    """One transaction; amounts in the company's currency, net is gross less fee."""

    row_no: int
    transaction_id: str
    happened_on: date | None
    gross: Decimal
    fee: Decimal

    @property
    def net(self) -> Decimal:
        return self.gross - self.fee


def missing(layout: Layout) -> str:
    """Return what a layout of a settlement file still lacks, "" when it is whole."""
    columns = layout.columns
    if "transaction" not in columns:
        return gettext_noop("Say which column holds the transaction id.")
    if "gross" not in columns and not {"fee", "net"} <= columns.keys():
        return gettext_noop("Say which column holds what the customer paid, or both fee and net.")
    if "date" in columns and layout.date_format not in DATE_FORMATS:
        return gettext_noop("Say how days are written.")
    return ""


def read_row(
    row_no: int, cells: Sequence[Cell | None], layout: Layout
) -> PayoutRow | RowRefused | None:
    """Read one row below the heads; None for a row that is empty."""
    texts = [text_of(cell) for cell in cells]
    if not any(texts):
        return None

    def cell(role: str) -> Cell | None:
        place = layout.columns.get(role)
        return cells[place] if place is not None and place < len(cells) else None

    try:
        transaction = text_of(cell("transaction"))[:80]
        if not transaction:
            raise CellRefused(gettext_noop("The transaction id is missing."))
        gross, fee = _amounts(
            read_amount(cell("gross"), layout.mark),
            read_amount(cell("fee"), layout.mark),
            read_amount(cell("net"), layout.mark),
        )
        happened_on = None
        if text_of(cell("date")):
            happened_on = read_date(cell("date"), layout.date_format)
    except CellRefused as refusal:
        return RowRefused(row_no, texts, str(refusal))
    return PayoutRow(row_no, transaction, happened_on, gross, fee)


def _amounts(
    gross: Decimal | None, fee: Decimal | None, net: Decimal | None
) -> tuple[Decimal, Decimal]:
    """Return gross and fee of what was given; a fee may be written with a minus."""
    if gross is None and (fee is None or net is None):
        raise CellRefused(gettext_noop("The row has no amount."))
    if gross is None:
        kept = abs(fee or Decimal(0))
        gross = (net or Decimal(0)) + kept
    if fee is None:
        fee = gross - net if net is not None else Decimal(0)
    elif net is not None and gross - fee != net:
        fee = -fee
    if net is not None and gross - fee != net:
        raise CellRefused(gettext_noop("Amount, fee and net do not fit each other."))
    if net is None and gross >= 0:
        fee = abs(fee)
    if not gross and not fee:
        raise CellRefused(gettext_noop("The row has no amount."))
    return gross, fee
