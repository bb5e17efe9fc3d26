"""Facts the apps above write down for the list and the 360 page to read.

They move with every bill, payment or poll, so they leave no audit event: the event belongs to the
payment, the ticket or the poll itself. Amounts in the company's currency, moments in UTC, days in
the company's time zone. `balance_amount` is kept by the ledger's trigger and written by nobody.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F

from customers.models import AccountState
from ispbill.core import statements


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
    AccountState.objects.filter(pk__in=online).update(is_online=True, last_seen_at=at)
    gone = AccountState.objects.filter(pk__in=offline)
    gone.filter(is_online=True).update(is_online=False, last_seen_at=at)
    gone.filter(is_online=None).update(is_online=False)
    unseen = AccountState.objects.filter(pk__in=unknown)
    unseen.filter(is_online=True).update(is_online=None, last_seen_at=at)
    unseen.filter(is_online=False).update(is_online=None)


_USAGE = """
    UPDATE customers_accountstate t SET usage_cycle_gb = v.size
    FROM unnest(%s::bigint[], %s::numeric[]) AS v (customer_id, size)
    WHERE t.customer_id = v.customer_id AND t.usage_cycle_gb <> v.size
"""


def note_usage(gigabytes: Mapping[int, Decimal]) -> int:
    """Note what customers (by id) used in the present billing cycle, in GB; return how many
    changed."""
    return statements.run(_USAGE, [list(gigabytes), list(gigabytes.values())])


def note_ticket(customer_id: int, *, on: date) -> None:
    """Note that a customer has opened a ticket on a company's day."""
    AccountState.objects.filter(pk=customer_id).update(
        ticket_count=F("ticket_count") + 1, last_ticket_on=on
    )


_CHURN = """
    UPDATE customers_customer c SET churn_risk = coalesce(v.level, 'LOW')
    FROM (SELECT k.id, t.level FROM customers_customer k
          LEFT JOIN unnest(%s::bigint[], %s::text[]) AS t (customer_id, level)
            ON t.customer_id = k.id) v
    WHERE c.id = v.id AND c.churn_risk <> coalesce(v.level, 'LOW')
"""


def note_churn_risks(levels: Mapping[int, str]) -> int:
    """Note who is at more than low risk of leaving, by id; everybody else is at low risk.

    Returns how many changed.
    """
    return statements.run(_CHURN, [list(levels), list(levels.values())])


def note_satisfaction(customer_id: int, *, satisfaction: float | None, nps: int | None) -> None:
    """Note the mean of the stars a customer gave (1 to 5), and the latest score (0 to 10)."""
    AccountState.objects.filter(pk=customer_id).update(satisfaction=satisfaction, nps=nps)
