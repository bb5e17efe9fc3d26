"""Read the settlement file of a provider: its layout, its transactions, and what is wrong in it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from ispbill.core.errors import DomainError
from ispbill.core.marking import gettext_noop
from payments.bank.models import SettlementImport, SettlementLine
from payments.bank.rules import payout_rows, statement_rows
from payments.bank.rules.payout_rows import PayoutRow
from payments.bank.rules.statement_cells import text_of
from payments.bank.rules.statement_rows import PAYOUT_ROLES, Layout, RowRefused
from payments.bank.services import files, payout_matching
from payments.bank.services.payout_matching import Held

MOST_ROWS = 20_000
PAID_BEFORE = gettext_noop("This transaction was paid out before.")
TWICE = gettext_noop("This transaction stands twice in the file.")
FEE_ALONE = gettext_noop("Only a fee, and its transaction is not in this file.")
Key = tuple[str] | tuple[str, Decimal, date | None]


class PayoutRefused(DomainError):
    """The file is no settlement, or what was asked does not fit it."""


def guessed(content: bytes, *, encoding: str = "", delimiter: str = "") -> Layout:
    """Return the likeliest layout of a settlement file, with what a person has chosen of it."""
    encoding = encoding or files.guess_encoding(content)
    delimiter = delimiter or files.guess_delimiter(content, encoding)
    first = files.rows(content, encoding=encoding, delimiter=delimiter, most=statement_rows.SAMPLE)
    rows = [cells for _number, cells in first]
    return statement_rows.guess(rows, encoding=encoding, delimiter=delimiter, roles=PAYOUT_ROLES)


def layout(provider: str, content: bytes) -> Layout:
    """Return how the provider's last booked file read, if this one has the same heads."""
    best = guessed(content)
    latest = (
        SettlementImport.objects.filter(provider=provider, state=SettlementImport.State.BOOKED)
        .order_by("-pk")
        .first()
    )
    if latest is None:
        return best
    known = statement_rows.layout_of(latest.layout)
    rows = files.rows(content, encoding=known.encoding, delimiter=known.delimiter, most=50)
    try:
        read_rows = [
            payout_rows.read_row(number, cells, known)
            for number, cells in rows
            if number > known.head_row + 1
        ]
    except DomainError:
        return best
    good = sum(isinstance(one, PayoutRow) for one in read_rows)
    return known if good * 2 > len(read_rows) else best


def rows(payout: SettlementImport, layout: Layout) -> tuple[list[PayoutRow], list[RowRefused]]:
    """Return the transactions of a file, and its rows that are none. Raises PayoutRefused."""
    content = files.kept(payout.path)
    found = files.rows(content, encoding=layout.encoding, delimiter=layout.delimiter)
    good: dict[Key, PayoutRow] = {}
    bad: list[RowRefused] = []
    fees: list[PayoutRow] = []
    texts: dict[int, list[str]] = {}
    for number, cells in found:
        if number > MOST_ROWS:
            raise PayoutRefused(
                _("The file has more than %(most)d rows. Take a shorter period.")
                % {"most": MOST_ROWS}
            )
        if number <= layout.head_row + 1:
            continue
        row = payout_rows.read_row(number, cells, layout)
        if isinstance(row, RowRefused):
            bad.append(row)
        elif row is not None:
            texts[number] = [text_of(cell) for cell in cells]
            key = _key(row.transaction_id, row.gross, row.happened_on)
            if not row.gross:
                fees.append(row)
            elif key in good:
                bad.append(RowRefused(number, texts[number], TWICE))
            else:
                good[key] = row
    taken = SettlementLine.objects.filter(
        provider=payout.provider, transaction_id__in=[key[0] for key in good]
    ).exclude(settlement=payout)
    for seen in taken.values_list("transaction_id", "gross_amount", "happened_on"):
        row = good.pop(_key(*seen), None)
        if row is not None:
            bad.append(RowRefused(row.row_no, texts[row.row_no], PAID_BEFORE))
    bad += _with_fees(good, fees, texts)
    return list(good.values()), sorted(bad, key=lambda one: one.row_no)


def _key(transaction_id: str, gross: Decimal, happened_on: date | None) -> Key:
    """Return what makes a row the same: money is paid out once, and charged back in parts."""
    return (transaction_id, gross, happened_on) if gross < 0 else (transaction_id,)


def _with_fees(
    good: dict[Key, PayoutRow], fees: Sequence[PayoutRow], texts: Mapping[int, list[str]]
) -> list[RowRefused]:
    """Add fees that stand in rows of their own to their transactions; return those without one.

    A provider writes what a chargeback costs as another row with the same transaction id.
    """
    alone = []
    of: dict[str, Key] = {}
    for key in sorted(good, key=lambda one: good[one].gross < 0):
        of[key[0]] = key  # what was charged back of it comes after it
    for fee in fees:
        if fee.transaction_id in of:
            key = of[fee.transaction_id]
            good[key] = replace(good[key], fee=good[key].fee + fee.fee)
        else:
            alone.append(RowRefused(fee.row_no, texts[fee.row_no], FEE_ALONE))
    return alone


def line(
    payout: SettlementImport, row: PayoutRow, known: Mapping[str, Held], taken: set[Held]
) -> SettlementLine:
    """Return the line of a transaction, not saved, with what is behind it."""
    line = SettlementLine(
        settlement=payout,
        provider=payout.provider,
        row_no=row.row_no,
        transaction_id=row.transaction_id,
        happened_on=row.happened_on,
        gross_amount=row.gross,
        fee_amount=row.fee,
        net_amount=row.net,
        is_chargeback=row.gross < 0,
        state=SettlementLine.State.UNKNOWN,
    )
    payout_matching.give(line, known.get(row.transaction_id), taken)
    return line
