"""The lines of a service that hold days, with what credit notes have given back of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from billing.invoices.models import CreditNoteLine, Invoice, InvoiceLine
from billing.invoices.rules.charging import reductions_of
from billing.invoices.rules.giving_back import Charged, common
from billing.invoices.rules.periods import Period
from billing.invoices.rules.proration import Policy
from ispbill.core.money import Taxed


@dataclass(frozen=True)
class Held:
    """A live line, the days it still holds, and the figures days are given back by."""

    line: InvoiceLine
    days: Period
    charged: Charged


def holding(
    subscription_ids: Sequence[int], *, start: date, end: date | None = None, item: int | None = 0
) -> list[Held]:
    """Return the lines of services that hold days of `[start, end)`, in the order of their days.

    `item` 0 is the line itself, None all of the service with its add-ons. `days` are the held
    days within the asked ones.
    """
    lines = _live(subscription_ids, item).filter(span__endswith__gt=start)
    found = list(lines.select_related("invoice").order_by("span", "pk"))
    credits = _credits([line.pk for line in found])
    held = []
    for line in found:
        own = held_days(line)
        asked = own and common(own, Period(start, end or date.max))
        if own is not None and asked is not None:
            held.append(Held(line, asked, charged(line, credits.get(line.pk, []))))
    return held


def held_days(line: InvoiceLine) -> Period | None:
    """Return the days a line holds; None when it has given them all back."""
    span = line.span if line.held_span is None else line.held_span
    if span is None or span.isempty:
        return None
    return Period(span.lower, span.upper)


def charged(line: InvoiceLine, credits: Sequence[CreditNoteLine]) -> Charged:
    """Return the figures of a line that covers days."""
    if line.span is None:
        raise ValueError("only a line that covers days can give some back")
    span = Period(line.span.lower, line.span.upper)
    period, price = _basis(line.explanation, span)
    stated = line.explanation.get("policy")
    return Charged(
        key=line.pk,
        span=span,
        period=period,
        amount=Taxed(line.net_amount, line.tax_amount),
        rate=line.tax_rate,
        credited=sum(
            (Taxed(row.net_amount, row.tax_amount) for row in credits), start=Taxed.nothing()
        ),
        given_back=tuple(
            Period(row.days.lower, row.days.upper)
            for row in credits
            if row.days is not None and not row.days.isempty
        ),
        includes_tax="tax_included" in line.explanation,
        price=price,
        policy=Policy(stated) if stated else None,
        reductions=reductions_of(line.explanation),
        since=_since(line.explanation, span) if price is not None else None,
    )


def _since(explanation: dict[str, Any], span: Period) -> date | None:
    """Return where a line's days were reckoned from, when its span begins later (days lent)."""
    stated = explanation.get("start")
    start = date.fromisoformat(stated) if stated else span.start
    return start if start < span.start else None


def _basis(explanation: dict[str, Any], span: Period) -> tuple[Period, Decimal | None]:
    """Return the anchor-aligned period a line lies in with its price; its own days without."""
    stated = explanation.get("period")
    if not stated or "price" not in explanation:
        return span, None
    period = Period(date.fromisoformat(stated["start"]), date.fromisoformat(stated["end"]))
    if span.start < period.start or period.end < span.end:
        return span, None
    return period, Decimal(explanation["price"])


def _live(subscription_ids: Sequence[int], item: int | None) -> QuerySet[InvoiceLine]:
    lines = InvoiceLine.objects.filter(
        subscription_id__in=list(subscription_ids),
        is_live=True,
        span__isnull=False,
        invoice__status=Invoice.Status.OPEN,
    )
    return lines if item is None else lines.filter(item=item)


def _credits(line_ids: Sequence[int]) -> dict[int, list[CreditNoteLine]]:
    found: dict[int, list[CreditNoteLine]] = {}
    for row in CreditNoteLine.objects.filter(line_id__in=line_ids).order_by("pk"):
        found.setdefault(row.line_id, []).append(row)
    return found
