"""The shapes of answers. Every field is always there; what is not known is null.

Amounts are strings with the currency's decimals, days are ISO dates, moments carry the company's
offset. Source: growth-api-rules 1.
"""

import datetime
from typing import Any

from ninja import Schema


class Shape(Schema):
    """An answer; `told` writes one as JSON where it is kept before it is sent."""

    @classmethod
    def told(cls, values: dict[str, Any]) -> dict[str, Any]:
        written: dict[str, Any] = cls.model_validate(values).model_dump(mode="json")
        return written


class Line(Shape):
    method: str | None
    wanted: str | None
    state: str | None
    is_confirmed: bool


class Service(Shape):
    id: str
    package: str
    status: str
    cycle: str
    billing_day: int
    price_amount: str
    currency: str
    download_mbps: int
    upload_mbps: int
    data_cap_gb: int | None
    address: str | None
    activated_on: datetime.date | None
    suspended_on: datetime.date | None
    suspension_kind: str | None
    next_billing_date: datetime.date | None
    line: Line


class Invoice(Shape):
    id: str
    customer: str
    status: str
    issued_on: datetime.date
    due_date: datetime.date
    period_start: datetime.date | None
    period_end: datetime.date | None
    currency: str
    subtotal_amount: str
    tax_amount: str
    total_amount: str
    paid_amount: str
    credited_amount: str
    amount_due: str


class InvoiceLine(Shape):
    description: str
    quantity: str
    unit_amount: str
    net_amount: str
    tax_amount: str
    tax_rate: str
    explanation: str | None


class Paid(Shape):
    id: str
    amount: str


class InvoiceWhole(Invoice):
    lines: list[InvoiceLine]
    payments: list[Paid]


class Payment(Shape):
    id: str
    customer: str
    status: str
    method: str
    amount: str
    currency: str
    credit_amount: str
    refunded_amount: str
    reference: str | None
    received_at: datetime.datetime
    invoices: list[Paid]


class Method(Shape):
    id: str
    kind: str
    label: str
    holder: str
    is_primary: bool
    mandate_status: str | None


class Party(Shape):
    id: str
    name: str
    status: str


class Summary(Shape):
    customer: Party
    balance_amount: str
    overdue_amount: str
    under_way_amount: str
    currency: str
    next_due_date: datetime.date | None
    next_billing_date: datetime.date | None
    services: list[Service]
    recent_invoices: list[Invoice]
    recent_payments: list[Payment]
    open_tickets: int
    outage: str | None


class Billing(Shape):
    balance_amount: str
    overdue_amount: str
    credit_limit_amount: str | None
    next_bill_amount: str | None
    paid_this_year_amount: str
    currency: str
    billing_day: int | None
    next_billing_date: datetime.date | None
    is_auto_pay: bool
    primary_method: Method | None


class UsageDay(Shape):
    date: datetime.date
    download_gb: str
    upload_gb: str
    total_gb: str


class Usage(Shape):
    service: str
    start: datetime.date
    end: datetime.date
    source: str | None
    is_estimated: bool
    as_of: datetime.date | None
    download_gb: str
    upload_gb: str
    total_gb: str
    data_cap_gb: int | None
    percent_of_cap: str | None
    rows: list[UsageDay]


class Customer(Shape):
    id: str
    name: str
    status: str
    kind: str
    phone: str
    email: str | None
    address: str
    area: str
    balance_amount: str
    currency: str
    created_at: datetime.datetime


class Ticket(Shape):
    id: str
    customer: str
    service: str | None
    subject: str
    category: str
    status: str
    priority: str
    created_at: datetime.datetime
    resolved_at: datetime.datetime | None


class CustomerBillingSummary(Shape):
    balance_amount: str
    overdue_amount: str
    invoiced_amount: str
    paid_amount: str
    monthly_amount: str
    overdue_count: int
    active_services: int


class CustomerBilling(Shape):
    customer: Party
    summary: CustomerBillingSummary
    invoices: list[Invoice]
    payments: list[Payment]
    services: list[Service]


class Event(Shape):
    id: str
    at: datetime.datetime
    actor: str
    action: str
    reason: str | None
    before: Any
    after: Any
    request_id: str | None


class Moved(Shape):
    service: Service
    event: dict[str, Any]
    invoice: Invoice | None


class Run(Shape):
    run_id: str
    state: str
    generated: int
    skipped: int
    failed: int
    total_amount: str | None
    currency: str


class Problem(Shape):
    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str | None
    errors: list[dict[str, str]]


class _Page(Shape):
    next_cursor: str | None
    has_more: bool


class Figure(Shape):
    key: str
    name: str
    unit: str
    value: str | None
    meaning: str


class Figures(Shape):
    start: datetime.date
    end: datetime.date
    branch: str | None
    as_of: datetime.date | None
    is_final: bool
    currency: str
    figures: list[Figure]


class Services(_Page):
    data: list[Service]


class Invoices(_Page):
    data: list[Invoice]


class Payments(_Page):
    data: list[Payment]


class Methods(_Page):
    data: list[Method]


class Customers(_Page):
    data: list[Customer]


class Tickets(_Page):
    data: list[Ticket]


class Events(_Page):
    data: list[Event]
