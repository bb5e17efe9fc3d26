"""A customer's account as it was at the end of a past day: person, services, balance, open bills.

What changes in place (the customer, the services) is read from the versions the database keeps;
what never changes (entries, allocations, credit notes) is simply counted up to that day.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from customers.models import Customer, Package, Subscription
from ispbill.audit.queries import history

# Each service as it was: the first version that ended later, or else the row as it stands.
_SERVICES = """
    SELECT s.id, coalesce(v.data, to_jsonb(s))
    FROM customers_subscription s
    LEFT JOIN LATERAL (
        SELECT data FROM audit_rowversion
        WHERE "table" = 'customers_subscription' AND row_id = s.id AND valid_to >= %(until)s
        ORDER BY valid_to, id LIMIT 1) v ON true
    WHERE s.customer_id = %(customer)s AND s.created_at < %(until)s
    ORDER BY s.line_no
"""

_BALANCE = """
    SELECT coalesce(sum(p.amount), 0) FROM billing_posting p
    JOIN billing_journalentry e ON e.id = p.entry_id
    WHERE p.customer_id = %(customer)s AND p.account_id = 1100 AND e.posted_on <= %(on)s
"""

_INVOICES = """
    SELECT i.number, i.issued_on, i.due_date, i.total_amount, coalesce(a.paid, 0),
           coalesce(n.credited, 0),
           i.total_amount - coalesce(a.paid, 0) - coalesce(n.credited, 0) AS due
    FROM billing_invoice i
    LEFT JOIN LATERAL (
        SELECT sum(amount) AS paid FROM billing_allocation
        WHERE invoice_id = i.id AND at < %(until)s
          AND (released_at IS NULL OR released_at >= %(until)s)) a ON true
    LEFT JOIN LATERAL (
        SELECT sum(total_amount) AS credited FROM billing_creditnote
        WHERE invoice_id = i.id AND issued_on <= %(on)s) n ON true
    WHERE i.customer_id = %(customer)s AND i.status <> 'DRAFT' AND i.issued_on <= %(on)s
      AND NOT EXISTS (
          SELECT FROM billing_journalentry e JOIN billing_journalentry r ON r.reverses_id = e.id
          WHERE e.source_type = 'invoice' AND e.source_id = i.id AND e.kind = 'INVOICE'
            AND i.status = 'VOID' AND r.posted_on <= %(on)s)
      AND i.total_amount - coalesce(a.paid, 0) - coalesce(n.credited, 0) > 0
    ORDER BY i.due_date, i.id
"""


@dataclass(frozen=True)
class Service:
    """A service as it was; `price` is net a cycle."""

    connection_id: str
    package: str
    status: str  # in words
    cycle: str
    price: Decimal
    download_mbps: int
    billing_day: int


@dataclass(frozen=True)
class OpenInvoice:
    """A bill that was not settled at the end of the day."""

    number: str
    issued_on: date
    due_date: date
    total: Decimal
    paid: Decimal
    credited: Decimal
    due: Decimal


@dataclass(frozen=True)
class Account:
    """The account at the end of the company date `on`; `balance` owed is positive, by the books."""

    on: date
    person: dict[str, Any]
    services: list[Service]
    balance: Decimal
    invoices: list[OpenInvoice]

    @property
    def open_amount(self) -> Decimal:
        return sum((one.due for one in self.invoices), start=Decimal(0))

    @property
    def credit(self) -> Decimal:
        """Money received that paid no bill by then."""
        return max(self.open_amount - self.balance, Decimal(0))


def show(customer: Customer, *, on: date, until: datetime) -> Account | None:
    """Return the account at the end of the company date `on`, or None when there was none yet.

    `until` is the moment that day ended (exclusive).
    """
    person = history.state_at(table="customers_customer", row_id=customer.pk, moment=until)
    if person is None:
        return None
    values: dict[str, Any] = {"customer": customer.pk, "on": on, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(_SERVICES, values)
        rows = [history.plain(data) for _pk, data in cursor.fetchall()]
        cursor.execute(_BALANCE, values)
        balance = cursor.fetchone()[0]
        cursor.execute(_INVOICES, values)
        invoices = [OpenInvoice(*row) for row in cursor.fetchall()]
    names = dict(
        Package.objects.filter(pk__in={row["package_id"] for row in rows}).values_list("pk", "name")
    )
    return Account(
        on=on,
        person=history.shown(person),
        services=[_service(row, names) for row in rows],
        balance=balance,
        invoices=invoices,
    )


def _service(row: dict[str, Any], packages: dict[int, str]) -> Service:
    return Service(
        connection_id=row["connection_id"],
        package=packages.get(row["package_id"], ""),
        status=str(Subscription.Status(row["status"]).label),
        cycle=row["cycle"],
        price=Decimal(str(row["price_amount"])),
        download_mbps=row["download_mbps"],
        billing_day=row["billing_day"],
    )
