"""Rows as the API tells them. Under the portal's role only what a portal may read is asked for."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from billing.allocation.models import Allocation, Payment
from billing.invoices.models import Invoice, InvoiceLine
from billing.invoices.rules import line_words
from customers.models import Customer, Subscription, Suspension
from ispbill.core import clock, formats
from ispbill.core.models import Company
from ispbill.core.money import ZERO
from network.models import Access
from network.queries import lines
from payments.debits.models import Mandate
from payments.online.models import PaymentMethod
from tickets.models import Ticket

_GB = Decimal(10) ** 9
# What a list asks for of rows that have many columns more.
_OF_INVOICE = (
    "number", "customer__number", "status", "issued_on", "due_date", "currency", "subtotal_amount",
    "tax_amount", "total_amount", "paid_amount", "credited_amount", "amount_due",
)  # fmt: skip
_OF_PAYMENT = (
    "receipt_number", "customer__number", "status", "method", "amount", "currency",
    "allocated_amount", "refunded_amount", "reference", "received_at",
)  # fmt: skip


def amount(value: Decimal | None) -> str:
    """Write an amount with two decimals, as every document of the house does."""
    return f"{value or ZERO:.2f}"


def moment(at: datetime | None) -> str | None:
    """Write a moment in company time."""
    return None if at is None else at.astimezone(clock.zone()).isoformat(timespec="seconds")


def gigabytes(size: int) -> str:
    """Write bytes as GB (10⁹) with three decimals."""
    return f"{Decimal(size) / _GB:.3f}"


def party(customer: Customer) -> dict[str, Any]:
    return {"id": customer.number, "name": customer.name, "status": standing(customer)}


def standing(customer: Customer) -> str:
    """Return archived, or the best state among the services; none: prospect."""
    if customer.archived_at is not None:
        return "archived"
    states = {one.status for one in customer.subscriptions.all()}  # lists bring them along
    order = ("ACTIVE", "SUSPENDED", "PENDING", "CANCELLED")
    return next((state.lower() for state in order if state in states), "prospect")


def services_of(customer: Customer) -> list[Subscription]:
    """Fetch an account's services, those that ended last, and let its standing know them."""
    rows = Subscription.objects.select_related("package", "schedule")
    prefetch_related_objects(
        [customer], Prefetch("subscriptions", rows.order_by("cancelled_on", "line_no"))
    )
    return list(customer.subscriptions.all())


def services(
    customer: Customer, rows: Iterable[Subscription] | None = None
) -> list[dict[str, Any]]:
    """Return a customer's services, those that ended last."""
    found = services_of(customer) if rows is None else rows
    accesses = {one.subscription_id: one for one in lines.of_portal_customer(customer.pk)}
    kinds = _kinds(customer)
    currency = Company.current().currency
    return [
        _service(one, customer, accesses.get(one.pk), kinds.get(one.pk), currency) for one in found
    ]


def _kinds(customer: Customer) -> dict[int, str]:
    running = Suspension.objects.filter(customer=customer, ended_at__isnull=True)
    return dict(running.values_list("subscription_id", "kind"))


def _service(
    one: Subscription, customer: Customer, access: Access | None, kind: str | None, currency: str
) -> dict[str, Any]:
    schedule = getattr(one, "schedule", None)
    is_live = one.status in (Subscription.Status.ACTIVE, Subscription.Status.SUSPENDED)
    return {
        "id": f"{customer.number}-{one.line_no}",
        "package": one.package.name,
        "status": one.status.lower(),
        "cycle": one.cycle.lower(),
        "billing_day": one.billing_day,
        "price_amount": amount(one.price_amount),
        "currency": currency,
        "download_mbps": one.download_mbps,
        "upload_mbps": one.upload_mbps,
        "data_cap_gb": one.data_cap_gb,
        "address": one.address or customer.address or None,
        "activated_on": one.activated_on,
        "suspended_on": clock.local_date(one.suspended_at) if one.suspended_at else None,
        "suspension_kind": kind.lower() if kind else None,
        "next_billing_date": schedule.billed_until if schedule is not None and is_live else None,
        "line": {
            "method": access.method.lower() if access else None,
            "wanted": access.desired_state.lower() if access else None,
            "state": (access.confirmed_state or "").lower() or None if access else None,
            "is_confirmed": bool(access and access.is_settled),
        },
    }


def with_span(rows: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """Return invoices with what their shape needs."""
    spans = InvoiceLine.objects.filter(span__isnull=False).only("invoice_id", "span").order_by("pk")
    told = rows.select_related("customer").only(*_OF_INVOICE)
    return told.prefetch_related(Prefetch("lines", spans, "spans"))


def status(invoice: Invoice, *, on: date) -> str:
    """Return the first that fits: void, paid, credited, overdue, partial, open."""
    if invoice.status == Invoice.Status.VOID:
        return "void"
    if invoice.amount_due == 0:
        return "paid" if invoice.paid_amount > 0 or not invoice.total_amount else "credited"
    if invoice.due_date < on:
        return "overdue"
    return "partial" if invoice.paid_amount > 0 else "open"


def invoice(one: Invoice, *, on: date) -> dict[str, Any]:
    spans = [line.span for line in one.spans]  # type: ignore[attr-defined]
    return {
        "id": one.number,
        "customer": one.customer.number,
        "status": status(one, on=on),
        "issued_on": one.issued_on,
        "due_date": one.due_date,
        "period_start": min((span.lower for span in spans), default=None),
        "period_end": max((span.upper for span in spans), default=None),
        "currency": one.currency,
        "subtotal_amount": amount(one.subtotal_amount),
        "tax_amount": amount(one.tax_amount),
        "total_amount": amount(one.total_amount),
        "paid_amount": amount(one.paid_amount),
        "credited_amount": amount(one.credited_amount),
        "amount_due": amount(one.amount_due),
    }


def invoice_whole(one: Invoice, *, on: date) -> dict[str, Any]:
    """Return an invoice with its lines and the payments on it."""
    style = formats.defaults().style
    paid = Allocation.objects.filter(invoice=one, released_at=None).select_related("payment")
    return {
        **invoice(one, on=on),
        "lines": [
            {
                "description": line.description,
                "quantity": f"{line.quantity:f}",
                "unit_amount": amount(line.unit_amount),
                "net_amount": amount(line.net_amount),
                "tax_amount": amount(line.tax_amount),
                "tax_rate": f"{line.tax_rate:f}",
                "explanation": line_words.reason(line.explanation, "en", style) or None,
            }
            for line in one.lines.order_by("pk")
        ],
        "payments": [
            {"id": part.payment.receipt_number or "", "amount": amount(part.amount)}
            for part in paid.order_by("pk")
        ],
    }


def with_parts(rows: QuerySet[Payment]) -> QuerySet[Payment]:
    """Return payments with what their shape needs."""
    parts = Allocation.objects.filter(released_at=None).select_related("invoice").order_by("pk")
    parts = parts.only("payment_id", "amount", "invoice__number")
    told = rows.select_related("customer").only(*_OF_PAYMENT)
    return told.prefetch_related(Prefetch("allocations", parts, "parts"))


def payment(one: Payment) -> dict[str, Any]:
    parts = one.parts  # type: ignore[attr-defined]
    return {
        "id": one.receipt_number,
        "customer": one.customer.number,
        "status": one.status.lower(),
        "method": one.method.lower(),
        "amount": amount(one.amount),
        "currency": one.currency,
        "credit_amount": amount(one.amount - one.allocated_amount - one.refunded_amount),
        "refunded_amount": amount(one.refunded_amount),
        "reference": one.reference or None,
        "received_at": moment(one.received_at),
        "invoices": [{"id": part.invoice.number, "amount": amount(part.amount)} for part in parts],
    }


def methods(rows: Sequence[PaymentMethod]) -> list[dict[str, Any]]:
    """Return ways to pay with the state of their mandates; numbers stay masked."""
    mandates = Mandate.objects.filter(method__in=rows).order_by("pk")
    states = dict(mandates.values_list("method_id", "state"))
    return [
        {
            "id": f"pm_{one.key}",
            "kind": one.kind.lower(),
            "label": one.label,
            "holder": one.holder,
            "is_primary": one.is_primary,
            "mandate_status": states[one.pk].lower() if one.pk in states else None,
        }
        for one in rows
    ]


def ticket(one: Ticket, customer: Customer) -> dict[str, Any]:
    service = one.subscription
    return {
        "id": one.number,
        "customer": customer.number,
        "service": f"{customer.number}-{service.line_no}" if service else None,
        "subject": one.subject,
        "category": one.category.name,
        "status": one.state.lower(),
        "priority": one.priority.lower(),
        "created_at": moment(one.opened_at),
        "resolved_at": moment(one.resolved_at),
    }


def customer_row(one: Customer) -> dict[str, Any]:
    return {
        **party(one),
        "kind": one.kind.lower(),
        "phone": one.phone,
        "email": one.email or None,
        "address": one.address,
        "area": one.area.name,
        "balance_amount": amount(one.account_state.balance_amount),
        "currency": Company.current().currency,
        "created_at": moment(one.created_at),
    }
