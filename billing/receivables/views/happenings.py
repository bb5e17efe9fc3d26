"""What billing tells on a customer's timeline: bills as they were issued, payments as they came."""

from datetime import date
from decimal import Decimal

from django.db.models import CharField, F, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.allocation.models import Allocation, Payment
from billing.allocation.queries import paid_with
from billing.invoices.models import Invoice
from billing.pricing.views import words
from billing.receivables.queries import picture
from customers.queries import page_sources
from customers.queries.page_sources import Part, Row, Source, Told
from customers.views import links
from ispbill.core import formats


def register() -> None:
    """Answer for bills and payments on the page of one customer."""
    page_sources.answer_money(picture.money)
    page_sources.add(
        Source(
            name="bill",
            topic="money",
            needs="billing.view",
            at="issued_at",
            facts={
                "number": F("number"),
                "total": Cast("total_amount", CharField()),
                "due": Cast("due_date", CharField()),
                "kind": F("kind"),
                "status": F("status"),
            },
            rows=_bills,
            tell=_bill,
        )
    )
    page_sources.add(
        Source(
            name="payment",
            topic="money",
            needs="payments.view",
            at="received_at",
            facts={
                "receipt": F("receipt_number"),
                "amount": Cast("amount", CharField()),
                "method": F("method"),
                "note": F("note"),
                "who": F("received_by__name"),
                "paid_on": Cast("posted_on", CharField()),
                "due": Cast(_first_due(), CharField()),
                "status": F("status"),
            },
            rows=_payments,
            tell=_payment,
        )
    )


def _bills(customer_id: int) -> QuerySet[Invoice]:
    return Invoice.objects.filter(customer=customer_id, issued_at__isnull=False)


def _payments(customer_id: int) -> QuerySet[Payment]:
    return Payment.objects.filter(customer=customer_id, receipt_number__isnull=False)


def _first_due() -> Subquery:
    """Return when the oldest bill a payment pays was due."""
    parts = Allocation.objects.filter(payment=OuterRef("pk"), released_at__isnull=True)
    return Subquery(
        parts.order_by().values("payment").annotate(due=Min("invoice__due_date")).values("due")
    )


def _bill(row: Row) -> Told:
    number = row.facts["number"]
    values: dict[str, Part | str] = {
        "bill": Part(number, links.address("staff_billing:invoice", number)),
        "amount": formats.money(Decimal(row.facts["total"])),
        "day": words.day(date.fromisoformat(row.facts["due"])),
    }
    if row.facts["status"] == Invoice.Status.VOID:
        return Told("ban", _("Bill %(bill)s of %(amount)s was issued, and voided later."), values)
    kind = row.facts["kind"]
    label = "" if kind == Invoice.Kind.RECURRING else str(Invoice.Kind(kind).label)
    return Told("file-invoice", _("Bill %(bill)s of %(amount)s, due %(day)s."), values, label)


def _payment(row: Row) -> Told:
    receipt, who = row.facts["receipt"], row.facts["who"]
    values: dict[str, Part | str] = {
        "receipt": Part(receipt, links.address("staff_payments:detail", receipt)),
        "amount": Part(formats.money(Decimal(row.facts["amount"]))),
        "way": paid_with.words(row.facts["method"], "" if who else row.facts["note"]),
        "who": Part(who or ""),
        "late": _lateness(row),
    }
    if row.facts["status"] == Payment.Status.REVERSED:
        sentence = _("%(amount)s by %(way)s, reversed later. Receipt %(receipt)s.")
        return Told("arrow-back-up", sentence, values)
    if who:
        sentence = _("%(who)s took %(amount)s (%(way)s)%(late)s. Receipt %(receipt)s.")
        return Told("cash", sentence, values)
    return Told("cash", _("Paid %(amount)s by %(way)s%(late)s. Receipt %(receipt)s."), values)


def _lateness(row: Row) -> str:
    """Say how late the oldest bill it pays was; "" when it was in time."""
    if not row.facts["due"]:
        return ""
    days = (date.fromisoformat(row.facts["paid_on"]) - date.fromisoformat(row.facts["due"])).days
    if days <= 0:
        return ""
    return ngettext(", %(days)s day late", ", %(days)s days late", days) % {
        "days": formats.number(days)
    }
