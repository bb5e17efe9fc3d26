"""Write down, for the list of customers, what each used in the present billing cycle."""

from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from customers.services import account_states, facts
from network.usage.rules import periods

CHUNK = 500
_CYCLES = """
    SELECT s.customer_id, round(coalesce(sum(d.total_bytes), 0) / 1e9, 3)
    FROM customers_subscription s
    JOIN unnest(%s::int[], %s::date[]) AS c (billing_day, starts) USING (billing_day)
    LEFT JOIN network_usageday d ON d.subscription_id = s.id AND d.date >= c.starts AND d.date <= %s
    WHERE s.status IN ('ACTIVE', 'SUSPENDED')
    GROUP BY 1 ORDER BY 1
"""
_CHANGED = """
    SELECT t.customer_id FROM customers_accountstate t
    JOIN unnest(%s::bigint[], %s::numeric[]) AS v (customer_id, size) USING (customer_id)
    WHERE t.usage_cycle_gb <> v.size ORDER BY 1
"""


def note_cycles(*, on: date) -> int:
    """Note every customer's data of the cycle `on` lies in; return how many changed."""
    days = range(1, 32)
    starts = [periods.cycle(on, billing_day=day).start for day in days]
    with connection.cursor() as cursor:
        cursor.execute(_CYCLES, [list(days), starts, on])
        sizes: dict[int, Decimal] = dict(cursor.fetchall())
        cursor.execute(_CHANGED, [list(sizes), list(sizes.values())])
        changed = [row[0] for row in cursor.fetchall()]
    for place in range(0, len(changed), CHUNK):
        some = changed[place : place + CHUNK]
        with transaction.atomic():
            account_states.lock(set(some))
            facts.note_usage({pk: sizes[pk] for pk in some})
    return len(changed)
