"""What a quote says, as plain JSON: its sides, its lines, its days, what it rests on."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from billing.invoices.queries.billed_lines import Held
from billing.invoices.rules.charging import Charge
from billing.invoices.rules.giving_back import Back
from billing.pricing.queries.service_terms import Price
from customers.models import Package, Subscription
from ispbill.core.models import Company
from ispbill.core.money import Taxed, split_evenly


def daily(backs: Sequence[Back], lines: Sequence[Charge]) -> list[list[str]]:
    """Return day, its share of the credit, its share of the charge; each sums to the net."""
    shares: dict[date, list[Decimal]] = {}
    for column, start, end, amount in [
        *((0, back.days.start, back.days.end, back.amount.net) for back in backs),
        *(
            (
                1,
                date.fromisoformat(line.explanation["start"]),
                date.fromisoformat(line.explanation["end"]),
                line.amount.net,
            )
            for line in lines
        ),
    ]:
        count = (end - start).days
        for offset, share in enumerate(split_evenly(amount, count)):
            day = shares.setdefault(start + timedelta(days=offset), [Decimal(0), Decimal(0)])
            day[column] += share
    return [[day.isoformat(), *(f"{one:.2f}" for one in shares[day])] for day in sorted(shares)]


def side(package: Package, price: Price, service: Subscription | None) -> dict[str, Any]:
    """Say a package with its price; the speeds are the service's own where there is one."""
    source = service or package
    return {
        "package": package.pk,
        "name": package.name,
        "local_name": package.local_name,
        "price": f"{price.net:f}",
        "gross": None if price.gross is None else f"{price.gross:f}",
        "download_mbps": source.download_mbps,
        "upload_mbps": source.upload_mbps,
        "data_cap_gb": source.data_cap_gb,
    }


def credit(held: Held, back: Back) -> dict[str, Any]:
    """Say what is given back of a billed line."""
    return {
        "line": held.line.pk,
        "invoice": held.line.invoice.number,
        "description": held.line.description,
        "start": back.days.start.isoformat(),
        "end": back.days.end.isoformat(),
        "rate": f"{back.rate:f}",
        "explanation": back.explanation,
        **sums(back.amount),
    }


def charge(line: Charge, *, is_old: bool) -> dict[str, Any]:
    """Say what is charged for days; `is_old` when they lie before the change."""
    return {
        "is_old": is_old,
        "start": line.explanation["start"],
        "end": line.explanation["end"],
        "unit": f"{line.unit:f}",
        "discount": f"{line.discount:f}",
        "rate": f"{line.tax_rate:f}",
        "explanation": line.explanation,
        **sums(line.amount),
    }


def basis(subscription: Subscription, billed_until: date) -> dict[str, Any]:
    """Return what the quote rests on beyond its own figures."""
    return {
        "service": subscription.pk,
        "status": subscription.status,
        "mode": subscription.mode,
        "cycle": subscription.cycle,
        "billing_day": subscription.billing_day,
        "billed_until": billed_until.isoformat(),
        "exempt": subscription.customer.is_tax_exempt,
        "branch": subscription.customer.branch_id,
        "proration": Company.current().proration,
    }


def sums(amount: Taxed) -> dict[str, str]:
    """Say an amount: net, tax and both."""
    return {"net": f"{amount.net:.2f}", "tax": f"{amount.tax:.2f}", "total": f"{amount.gross:.2f}"}
