"""What the journal's entries of payments are: receipts and vouchers."""

from collections.abc import Sequence

from billing.allocation.models import Payment, Refund
from billing.books.queries.sources import Source
from billing.receivables.models import DepositMove
from billing.tills.models import CashBanking, CashCount
from payments.bank.models import SettlementImport, SettlementLine, StatementLine, StatementPart


def payments(ids: Sequence[int]) -> dict[int, Source]:
    """Find payments by id, for `billing.books.queries.sources`."""
    return {
        pk: Source(number, "staff_payments:detail", number) if number else Source(f"payment {pk}")
        for pk, number in Payment.objects.filter(pk__in=ids).values_list("pk", "receipt_number")
    }


def refunds(ids: Sequence[int]) -> dict[int, Source]:
    """Find refunds by id."""
    return {
        pk: Source(number, "staff_payments:paper", number)
        for pk, number in Refund.objects.filter(pk__in=ids).values_list("pk", "number")
    }


def deposit_moves(ids: Sequence[int]) -> dict[int, Source]:
    """Find moves of deposits by id."""
    return {
        pk: Source(number, "staff_payments:paper", number)
        for pk, number in DepositMove.objects.filter(pk__in=ids).values_list("pk", "number")
    }


def statement_lines(ids: Sequence[int]) -> dict[int, Source]:
    """Find lines of bank statements by id."""
    return {
        pk: Source(f"{day:%Y-%m-%d} {amount}", "staff_payments:unmatched-line", str(pk))
        for pk, day, amount in StatementLine.objects.filter(pk__in=ids).values_list(
            "pk", "booked_on", "amount"
        )
    }


def statement_parts(ids: Sequence[int]) -> dict[int, Source]:
    """Find what lines of bank statements became, by id."""
    rows = StatementPart.objects.filter(pk__in=ids).values_list("pk", "line", "amount")
    return {
        pk: Source(f"{amount}", "staff_payments:unmatched-line", str(line))
        for pk, line, amount in rows
    }


def payouts(ids: Sequence[int]) -> dict[int, Source]:
    """Find payouts of providers by id."""
    rows = SettlementImport.objects.filter(pk__in=ids).values_list("pk", "reference")
    return {pk: Source(number, "staff_payments:payout", str(pk)) for pk, number in rows}


def payout_lines(ids: Sequence[int]) -> dict[int, Source]:
    """Find transactions of payouts by id."""
    rows = SettlementLine.objects.filter(pk__in=ids)
    return {
        pk: Source(number, "staff_payments:payout", str(payout))
        for pk, number, payout in rows.values_list("pk", "transaction_id", "settlement")
    }


def cash_counts(ids: Sequence[int]) -> dict[int, Source]:
    """Find the shifts whose counts these are."""
    counts = CashCount.objects.filter(pk__in=ids).values_list("pk", "shift__number")
    return {pk: Source(number, "staff_payments:shift", number) for pk, number in counts}


def cash_bankings(ids: Sequence[int]) -> dict[int, Source]:
    """Find slips of the bank by id."""
    slips = CashBanking.objects.filter(pk__in=ids).values_list("pk", "slip_number")
    return {pk: Source(slip, "staff_payments:day-close") for pk, slip in slips}
