"""The paper of money that is no payment for a bill: a refund, a deposit taken or paid back."""

from billing.allocation.models import Refund
from billing.allocation.queries import paid_with
from billing.invoices.queries import letterhead
from billing.invoices.queries.invoice_paper import style_of
from billing.invoices.rules import document_words
from billing.invoices.services.documents import Paper, Wanted
from billing.receivables.models import DepositMove
from customers.models import Customer
from ispbill.core import formats
from ispbill.core.models import Company

REFUND, DEPOSIT = "REFUND", "DEPOSIT"


def refund(wanted: Wanted) -> Paper:
    """Lay out the voucher of a refund. Raises Refund.DoesNotExist."""
    row = Refund.objects.select_related("customer__area").get(pk=wanted.source_id)
    context = _context(row, row.customer, wanted.language, "refund", row.method)
    day = formats.moment(row.paid_at, language=wanted.language)
    return Paper("payments/online/pdf/money_out.html", {**context, "issued_on": day})


def deposit(wanted: Wanted) -> Paper:
    """Lay out the voucher of a move of a deposit. Raises DepositMove.DoesNotExist."""
    row = DepositMove.objects.select_related("customer__area").get(pk=wanted.source_id)
    title = f"deposit_{row.kind.lower()}"
    context = _context(row, row.customer, wanted.language, title, row.method)
    day = formats.moment(row.moved_at, language=wanted.language)
    return Paper("payments/online/pdf/money_out.html", {**context, "issued_on": day})


def _context(
    row: Refund | DepositMove, customer: Customer, language: str, title: str, method: str
) -> dict[str, object]:
    company = Company.current()
    words = document_words.words(language)
    second = "en" if language == "bn" else "bn"
    style = style_of({"number_style": company.number_style}, language)
    return {
        "language": language,
        "second_language": second,
        "w": words,
        "title": words[title],
        "company": letterhead.of_company(company),
        "number": row.number,
        "buyer": letterhead.of_buyer(customer),
        "amount": formats.money(row.amount, style),
        "in_words": formats.amount_in_words(row.amount, row.currency, language),
        "in_words_second": formats.amount_in_words(row.amount, row.currency, second),
        "method": paid_with.words(method, language=language),
        "reference": row.reference,
        "reason": row.reason,
    }
