"""What a customer's statement shows: opening balance, every movement, closing balance, ages."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate

from django.db.models import Sum

from billing.invoices.models import CreditNote, Invoice
from billing.invoices.queries import letterhead, partner_brand
from billing.invoices.queries.invoice_paper import style_of
from billing.invoices.rules import document_words
from billing.ledger.models import Posting
from billing.ledger.rules.chart import Chart
from customers.models import Customer
from ispbill.core import formats
from ispbill.core.models import Company

AGES = ((0, 30), (31, 60), (61, 90), (91, None))


def context(customer_id: int, language: str, *, start: date, end: date) -> dict[str, object]:
    """Return a statement over the days `start` to `end`, both included, in company dates.

    The ages of what is overdue are as of `end`, by the invoices' present open amounts. Raises
    Customer.DoesNotExist.
    """
    company = Company.current()
    customer = Customer.objects.select_related("area").get(pk=customer_id)
    style = style_of({"number_style": company.number_style}, language)
    second = "en" if language == "bn" else "bn"
    rows, balances = _movements(customer_id, start=start, end=end)
    numbers = _numbers(rows)
    words = document_words.words(language)

    def money(amount: Decimal) -> str:
        return formats.money(amount, style)

    def said(row: Posting) -> dict[str, object]:
        entry = row.entry
        kind = f"ENTRY_{entry.kind}"
        return {
            "on": formats.day(entry.posted_on, language),
            "what": words.get(kind, words["ENTRY_OTHER"]),
            "reference": numbers.get((entry.source_type, entry.source_id)) or entry.memo,
            "debit": money(row.amount) if row.amount > 0 else "",
            "credit": money(-row.amount) if row.amount < 0 else "",
        }

    shown: list[dict[str, object]] = []
    for row, balance in zip(rows, balances[1:], strict=True):
        shown.append({**said(row), "balance": money(balance)})
    return {
        "language": language,
        "second_language": second,
        "w": words,
        "company": letterhead.of_company(company),
        "partner": partner_brand.of(customer_id, end),
        "number": customer.number,
        "buyer": letterhead.of_buyer(customer),
        "period": formats.period(start, end + timedelta(days=1), language),
        "start": formats.day(start, language),
        "end": formats.day(end, language),
        "opening": money(balances[0]),
        "closing": money(balances[-1]),
        "rows": shown,
        "ages": _ages(customer, end, money, words["days"][0], language),
    }


def _movements(customer_id: int, *, start: date, end: date) -> tuple[list[Posting], list[Decimal]]:
    """Return the postings of the days, and the balance before the first and after each."""
    postings = Posting.objects.filter(customer_id=customer_id, account_id=int(Chart.RECEIVABLE))
    opening = postings.filter(entry__posted_on__lt=start).aggregate(sum=Sum("amount"))["sum"]
    opening = opening or Decimal(0)
    rows = list(
        postings.filter(entry__posted_on__range=(start, end))
        .select_related("entry")
        .order_by("entry__posted_on", "entry_id", "line_no")
    )
    return rows, list(accumulate((row.amount for row in rows), initial=opening))


def _numbers(rows: list[Posting]) -> dict[tuple[str, int], str]:
    """Return the numbers of the bills and credit notes these postings are of."""
    numbers: dict[tuple[str, int], str] = {}
    for name, model in (("invoice", Invoice), ("credit_note", CreditNote)):
        ids = {row.entry.source_id for row in rows if row.entry.source_type == name}
        if ids:
            found = model._default_manager.filter(pk__in=ids).values_list("pk", "number")
            numbers |= {(name, pk): number or "" for pk, number in found}
    return numbers


def _ages(
    customer: Customer, on: date, money: Callable[[Decimal], str], days_word: str, language: str
) -> list[dict[str, str]] | None:
    open_invoices = Invoice.objects.filter(
        customer=customer, status=Invoice.Status.OPEN, amount_due__gt=0, due_date__lt=on
    ).values_list("due_date", "amount_due")
    sums = [Decimal(0) for _age in AGES]
    for due, amount in open_invoices:
        late = (on - due).days
        place = next(i for i, (_low, high) in enumerate(AGES) if high is None or late <= high)
        sums[place] += amount
    if not any(sums):
        return None
    return [
        {
            "label": formats.digits_in(
                f"{max(low, 1)}–{high} {days_word}" if high else f"{low - 1}+ {days_word}", language
            ),
            "amount": money(total),
        }
        for (low, high), total in zip(AGES, sums, strict=True)
    ]
