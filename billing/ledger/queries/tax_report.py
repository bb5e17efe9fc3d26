"""The tax of a period by rate: invoices less void ones less credit notes, and the rows behind.

Documents count on the day their entry is booked on. So a report of closed months never changes:
what comes late is booked after them, and is in the report of the month it is booked in. A write-off
takes no tax back (docs/adr/0010-credit-notes.md).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from billing.ledger.queries import trial
from billing.ledger.rules.chart import Chart
from ispbill.core import statements

_DOCUMENTS = """
    SELECT e.posted_on, e.id AS entry_id,
           CASE e.kind WHEN 'REVERSAL' THEN 'VOID' ELSE 'INVOICE' END AS kind,
           i.number, i.issued_on, i.customer_id, e.branch_id, l.tax_rate,
           CASE e.kind WHEN 'REVERSAL' THEN -1 ELSE 1 END * sum(l.net_amount) AS net,
           CASE e.kind WHEN 'REVERSAL' THEN -1 ELSE 1 END * sum(l.tax_amount) AS tax
    FROM billing_journalentry e
    JOIN billing_invoice i ON i.id = e.source_id
    JOIN billing_invoiceline l ON l.invoice_id = i.id
    WHERE e.source_type = 'invoice' AND e.kind IN ('INVOICE', 'REVERSAL')
      AND e.posted_on BETWEEN %(start)s AND %(end)s
      AND (%(branch)s::bigint IS NULL OR e.branch_id = %(branch)s::bigint)
    GROUP BY e.id, i.id, l.tax_rate
    UNION ALL
    SELECT e.posted_on, e.id, 'CREDIT_NOTE', n.number, n.issued_on, n.customer_id, e.branch_id,
           c.tax_rate, -sum(c.net_amount), -sum(c.tax_amount)
    FROM billing_journalentry e
    JOIN billing_creditnote n ON n.id = e.source_id
    JOIN billing_creditnoteline c ON c.note_id = n.id
    WHERE e.source_type = 'credit_note' AND e.kind = 'CREDIT_NOTE'
      AND e.posted_on BETWEEN %(start)s AND %(end)s
      AND (%(branch)s::bigint IS NULL OR e.branch_id = %(branch)s::bigint)
    GROUP BY e.id, n.id, c.tax_rate
"""

_RATES = f"""
    SELECT tax_rate,
           coalesce(sum(net) FILTER (WHERE kind = 'INVOICE'), 0),
           coalesce(sum(tax) FILTER (WHERE kind = 'INVOICE'), 0),
           coalesce(-sum(net) FILTER (WHERE kind = 'VOID'), 0),
           coalesce(-sum(tax) FILTER (WHERE kind = 'VOID'), 0),
           coalesce(-sum(net) FILTER (WHERE kind = 'CREDIT_NOTE'), 0),
           coalesce(-sum(tax) FILTER (WHERE kind = 'CREDIT_NOTE'), 0),
           count(*)
    FROM ({_DOCUMENTS}) d GROUP BY tax_rate ORDER BY tax_rate DESC
"""

_ROWS = f"""
    SELECT d.posted_on, d.kind, d.number, d.issued_on, c.number, c.name, d.tax_rate, d.net, d.tax,
           d.entry_id
    FROM ({_DOCUMENTS}) d JOIN customers_customer c ON c.id = d.customer_id
    WHERE %(rate)s::numeric IS NULL OR d.tax_rate = %(rate)s::numeric
    ORDER BY d.posted_on, d.entry_id, d.tax_rate
"""


@dataclass(frozen=True)
class Rate:
    """One rate (a fraction) over the period; amounts in the company's currency."""

    rate: Decimal
    invoiced_net: Decimal
    invoiced_tax: Decimal
    void_net: Decimal
    void_tax: Decimal
    credited_net: Decimal
    credited_tax: Decimal
    documents: int

    @property
    def net(self) -> Decimal:
        return self.invoiced_net - self.void_net - self.credited_net

    @property
    def tax(self) -> Decimal:
        return self.invoiced_tax - self.void_tax - self.credited_tax


@dataclass(frozen=True)
class Report:
    """The rates, their sum, and what account 2200 says of the same days."""

    rates: list[Rate]
    booked: Decimal  # tax that became payable in these days, by the books

    @property
    def net(self) -> Decimal:
        return sum((one.net for one in self.rates), start=Decimal(0))

    @property
    def tax(self) -> Decimal:
        return sum((one.tax for one in self.rates), start=Decimal(0))

    @property
    def agrees(self) -> bool:
        return self.tax == self.booked


@dataclass(frozen=True)
class Row:
    """One document at one rate, with its sign: voids and credit notes are negative."""

    posted_on: date
    kind: str  # INVOICE, VOID, CREDIT_NOTE
    number: str
    issued_on: date
    customer_number: str
    customer: str
    rate: Decimal
    net: Decimal
    tax: Decimal
    entry_id: int


def report(*, start: date, end: date, branch_id: int | None = None) -> Report:
    """Return the tax of the days `start` to `end`, both included."""
    rows = statements.read(_RATES, {"start": start, "end": end, "branch": branch_id})
    rates = [Rate(*row) for row in rows]
    moves = trial.by_account_kind(
        account=int(Chart.TAX_PAYABLE), start=start, end=end, branch_id=branch_id
    )
    booked = sum((moves.get(kind, Decimal(0)) for kind in _TAXED), start=Decimal(0))
    return Report(rates, -booked)


_TAXED = ("INVOICE", "REVERSAL", "CREDIT_NOTE")


def rows(
    *, start: date, end: date, branch_id: int | None = None, rate: Decimal | None = None
) -> Iterator[Row]:
    """Yield the documents behind the report, of one rate or of all, in the order of the books."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, {"start": start, "end": end, "branch": branch_id, "rate": rate})
        while chunk := cursor.fetchmany(2_000):
            for row in chunk:
                yield Row(*row)
