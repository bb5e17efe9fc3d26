"""The message steps of the ladder that are due: who is written to about which bill, on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from billing.dunning.queries.policies import InForce
from billing.dunning.rules.dunning import EVERY_WEEKDAY
from billing.dunning.rules.ladder import LATEST_DAYS, Policy
from customers.models import Customer
from ispbill.accounts.models import Branch
from ispbill.core import statements

BY_THE_DAY = ("payment_reminder", "payment_due_today", "payment_overdue")
NOTICE = "suspension_notice"
LOOK_AHEAD = 60  # days without a cut that a message can see past

# The message steps of the policy that governs each kind of customer in each branch.
RUNGS = """
    rung AS (
        SELECT * FROM jsonb_to_recordset(%(rungs)s) AS r (customer_kind text, branch_id bigint,
            policy_id bigint, action text, offset_days int, channels text[], event text,
            grace_days int, may_cut boolean, closed date[], minimum numeric))
"""

# Bills whose step has come and is not taken, nor any later one: newest first within a bill. What
# is owed by a bill's due date has to count: `debt` and `is_ignored` of `rules.dunning` in SQL,
# proven by a property test.
DUE = """
    SELECT i.id AS invoice_id, i.customer_id, r.*, %(on)s - i.due_date - r.offset_days AS days_late,
           i.amount_due, i.due_date, t.balance_amount,
           r.may_cut AND NOT c.is_never_suspended AS is_cut,
           greatest(i.due_date + r.grace_days, t.promised_until, t.excluded_until, %(on)s - 1) + 1
               AS first_day,
           row_number() OVER (PARTITION BY i.id ORDER BY r.offset_days DESC, r.action) AS place
    FROM billing_invoice i
    JOIN customers_customer c ON c.id = i.customer_id
    JOIN customers_accountstate t ON t.customer_id = i.customer_id
    JOIN rung r ON r.customer_kind = c.kind AND r.branch_id = c.branch_id
    WHERE i.status = 'OPEN' AND i.amount_due > 0 AND t.balance_amount > 0
      AND c.archived_at IS NULL
      AND i.due_date BETWEEN %(on)s - %(highest)s - %(latest)s AND %(on)s - %(lowest)s
      AND i.due_date + r.offset_days BETWEEN i.issued_on AND %(on)s
      AND NOT EXISTS (
          SELECT FROM billing_dunningevent e
          WHERE e.invoice_id = i.id AND e.action IN ('REMIND', 'NOTICE')
            AND e.offset_days >= r.offset_days)
      AND (r.minimum = 0 OR r.minimum <= least(t.balance_amount, (
          SELECT sum(o.amount_due) FROM billing_invoice o
          WHERE o.customer_id = i.customer_id AND o.status = 'OPEN' AND o.amount_due > 0
            AND o.due_date <= i.due_date)))
      AND (%(besides_run)s::bigint IS NULL OR i.run_id IS DISTINCT FROM %(besides_run)s)
"""
# The wording a due step is said in, and the day the line would be cut (d is a row of DUE).
EVENT = f"""
    CASE WHEN d.event <> '' THEN d.event
         WHEN d.action = 'NOTICE' AND d.is_cut THEN '{NOTICE}'
         WHEN %(on)s < d.due_date THEN '{BY_THE_DAY[0]}'
         WHEN %(on)s = d.due_date THEN '{BY_THE_DAY[1]}'
         ELSE '{BY_THE_DAY[2]}' END
"""
SUSPEND_DATE = f"""
    CASE WHEN NOT d.is_cut THEN NULL
         WHEN d.closed = '{{}}' THEN d.first_day
         ELSE (SELECT min(first_day + n) FROM generate_series(0, {LOOK_AHEAD}) n
               WHERE NOT first_day + n = ANY(d.closed)) END
"""
# Of each bill the newest step, unless it comes too late to be sent.
SENT = "d.place = 1 AND d.days_late < %(latest)s"

_PLANNED = f"""
    WITH {RUNGS}, planned AS (
        SELECT d.customer_id, d.invoice_id, d.action, d.offset_days, d.channels, d.amount_due,
               d.due_date, {EVENT} AS event, {SUSPEND_DATE} AS suspend_date
        FROM ({DUE} AND (%(ids)s::bigint[] IS NULL OR i.customer_id = ANY(%(ids)s::bigint[]))
              AND (%(branch)s::bigint IS NULL OR c.branch_id = %(branch)s::bigint)) d
        WHERE {SENT}
    )
"""
_DIGESTS = (
    _PLANNED
    + """
    SELECT customer_id, md5(string_agg(concat_ws('|', invoice_id, action, offset_days, event,
               channels, amount_due, due_date, suspend_date), ';' ORDER BY invoice_id))
    FROM planned GROUP BY customer_id ORDER BY customer_id
"""
)
_COUNTS = _PLANNED + "SELECT event, count(*) FROM planned GROUP BY event ORDER BY event"
_FIRST = (
    _PLANNED
    + """
    SELECT c.number, c.name, i.number, p.due_date, p.amount_due, p.event, p.channels
    FROM planned p
    JOIN customers_customer c ON c.id = p.customer_id
    JOIN billing_invoice i ON i.id = p.invoice_id
    ORDER BY p.customer_id, p.invoice_id LIMIT %(limit)s
"""
)


@dataclass(frozen=True)
class Planned:
    """A message that would be sent: to whom, about which bill, in which wording."""

    customer_number: str
    customer_name: str
    invoice_number: str
    due_date: date
    amount: Decimal  # still due, in the company's currency
    event: str
    channels: Sequence[str]  # none named: every way the customer wants


@dataclass(frozen=True)
class Plan:
    """The messages of a day: how many by wording, the first of them, what each customer gets."""

    counts: dict[str, int]
    first: list[Planned]
    digests: list[tuple[int, str]]

    @property
    def count(self) -> int:
        return sum(self.counts.values())


def plan(*, on: date, in_force: InForce, branch_id: int | None = None, shown: int = 50) -> Plan:
    """Return what the message steps of company date `on` would send now; reads only."""
    values = parameters(in_force, on=on, branch_id=branch_id)
    if values is None:
        return Plan({}, [], [])
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, values)
        counts = dict(cursor.fetchall())
        cursor.execute(_FIRST, values | {"limit": shown})
        first = [Planned(*row) for row in cursor.fetchall()]
        cursor.execute(_DIGESTS, values)
        return Plan(counts, first, cursor.fetchall())


def digests(customer_ids: Sequence[int], values: dict[str, Any]) -> dict[int, str]:
    """Return what each of these customers would get now, by their id; see `parameters`."""
    return dict(statements.read(_DIGESTS, values | {"ids": list(customer_ids)}))


def parameters(
    in_force: InForce, *, on: date, branch_id: int | None = None, besides_run: int | None = None
) -> dict[str, Any] | None:
    """Return the parameters of the queries above; None where nobody is ever written to.

    Bills of the run `besides_run` are passed over.
    """
    rungs = [
        {
            "customer_kind": kind,
            "branch_id": branch_id,
            "policy_id": policy.pk,
            "action": step.action.value,
            "offset_days": step.offset_days,
            "channels": list(step.channels),
            "event": step.event,
            "grace_days": policy.grace_days,
            "may_cut": policy.suspends,
            "closed": _closed(in_force, policy, branch_id, on=on),
            "minimum": str(policy.minimum_amount),
        }
        for kind in Customer.Kind.values
        for branch_id in Branch.objects.order_by("pk").values_list("pk", flat=True)
        for policy in [in_force.of(kind, branch_id)]
        for step in policy.messages
    ]
    if not rungs:
        return None
    offsets = [int(str(rung["offset_days"])) for rung in rungs]
    return {
        "rungs": Jsonb(rungs),
        "on": on,
        "latest": LATEST_DAYS,
        "lowest": min(offsets),
        "highest": max(offsets),
        "branch": branch_id,
        "ids": None,
        "besides_run": besides_run,
    }


def _closed(in_force: InForce, policy: Policy, branch_id: int, *, on: date) -> list[str]:
    """Return the days ahead on which the policy lets nobody be cut."""
    holidays = in_force.holidays(policy, branch_id)
    if policy.cutoff_weekdays == EVERY_WEEKDAY and not holidays:
        return []
    span = policy.grace_days + LOOK_AHEAD
    days = (on + timedelta(days=step) for step in range(-span, 2 * span))
    return [
        day.isoformat()
        for day in days
        if day.weekday() not in policy.cutoff_weekdays or day in holidays
    ]
