"""Facts the apps above write down for the list and the 360 page to read.

They move with every bill, payment or poll, so they leave no audit event: the event belongs to the
payment, the ticket or the poll itself. Amounts in the company's currency, moments in UTC, days in
the company's time zone. `balance_amount` is kept by the ledger's trigger and written by nobody.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from customers.models import Customer, Standing
from ispbill.audit.services import trail
from ispbill.core.errors import DomainError


def note_dates(
    *, customer_id: int, oldest_due_date: date | None, next_billing_date: date | None
) -> None:
    """Note the due date of the oldest open invoice, and the next billing date."""
    _stand(customer_id, oldest_due_date=oldest_due_date, next_billing_date=next_billing_date)


def note_payment(*, customer_id: int, amount: Decimal, at: datetime) -> None:
    """Note a payment: the last one, and what the customer has brought in all in all.

    A reversal is noted with its negative amount: it lowers the lifetime value and leaves the
    last payment as it is.
    """
    standing = Standing.objects.filter(pk=customer_id)
    if amount > 0:
        standing.update(
            last_paid_at=at,
            last_paid_amount=amount,
            lifetime_value_amount=F("lifetime_value_amount") + amount,
        )
    else:
        standing.update(lifetime_value_amount=F("lifetime_value_amount") + amount)


def note_promise(*, customer_id: int, until: date | None) -> None:
    """Note until when (that day included) the customer promised to pay; None takes it back."""
    _stand(customer_id, promised_until=until)


def note_line_states(
    *,
    online: Collection[int],
    offline: Collection[int],
    unknown: Collection[int] = (),
    at: datetime,
) -> None:
    """Note which customers (by id) have a session now, which have none, and of which none knows.

    Who was on line until now was last seen now.
    """
    Standing.objects.filter(pk__in=online).update(is_online=True, last_seen_at=at)
    gone = Standing.objects.filter(pk__in=offline)
    gone.filter(is_online=True).update(is_online=False, last_seen_at=at)
    gone.filter(is_online=None).update(is_online=False)
    unseen = Standing.objects.filter(pk__in=unknown)
    unseen.filter(is_online=True).update(is_online=None, last_seen_at=at)
    unseen.filter(is_online=False).update(is_online=None)


def note_usage(
    *, customer_id: int, cycle_gb: Decimal, average_mbps: Decimal | None = None,
    uptime_percent: Decimal | None = None,
) -> None:  # fmt: skip
    """Note the data used in this billing cycle (GB), and speed and uptime where known."""
    values: dict[str, object] = {"usage_cycle_gb": cycle_gb}
    if average_mbps is not None:
        values["average_mbps"] = average_mbps
    if uptime_percent is not None:
        values["uptime_percent"] = uptime_percent
    _stand(customer_id, **values)


def note_opinion(
    *, customer_id: int, nps: int | None = None, satisfaction: Decimal | None = None
) -> None:
    """Note the last survey's recommendation score (−100 … 100) and stars (1 … 5)."""
    values: dict[str, object] = {}
    if nps is not None:
        values["nps"] = nps
    if satisfaction is not None:
        values["satisfaction"] = satisfaction
    if values:
        _stand(customer_id, **values)


def note_ticket(*, customer_id: int, on: date) -> None:
    """Count one more ticket, opened on `on`."""
    Standing.objects.filter(pk=customer_id).update(
        ticket_count=F("ticket_count") + 1, last_ticket_on=on
    )


def note_viewing(*, customer_id: int, top_ott_app: str, peak_hours: str) -> None:
    """Note the most used streaming app and the busiest hours (`19–23`)."""
    _stand(customer_id, top_ott_app=top_ott_app[:60], peak_hours=peak_hours[:20])


@transaction.atomic
def note_churn_risks(*, risks: Mapping[int, str], at: datetime) -> int:
    """Note churn risks by customer id; return how many changed. Refuses an unknown risk."""
    if unknown := set(risks.values()) - set(Customer.ChurnRisk.values):
        raise DomainError(f"no churn risk: {', '.join(sorted(unknown))}")
    trail.begin(actor=None, at=at)
    changed = 0
    for risk in Customer.ChurnRisk.values:
        ids = [pk for pk, its in risks.items() if its == risk]
        changed += (
            Customer.objects.filter(pk__in=ids).exclude(churn_risk=risk).update(churn_risk=risk)
        )
    return changed


def _stand(customer_id: int, **values: object) -> None:
    Standing.objects.filter(pk=customer_id).update(**values)
