"""Who owes what since when: the facts a suspension rests on."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from billing.dunning.queries import policies, under_way
from billing.dunning.queries.policies import InForce
from billing.dunning.rules.dunning import Decision, Facts, decide
from billing.dunning.rules.ladder import Policy
from ispbill.core import statements
from network.outages.queries import affecting


@dataclass(frozen=True, slots=True)
class Judged:
    """One customer past due, what was decided and which services it would touch."""

    customer_id: int
    number: str
    name: str
    phone: str
    branch_id: int
    is_never_suspended: bool
    subscription_ids: list[int]  # active ones
    invoice_id: int  # the oldest one past due
    policy: Policy
    decision: Decision

    @property
    def is_to_be_cut(self) -> bool:
        return (
            self.decision.action == "suspend"
            and not self.is_never_suspended
            and bool(self.subscription_ids)
        )

    @property
    def why_left(self) -> str:
        """The one fact that keeps the customer on line."""
        return "never_suspended" if self.is_never_suspended else self.decision.reason.value


# Customers with an open invoice past its due date, with what is open on those invoices.
_FACTS = """
    SELECT c.id, c.number, c.name, c.phone, c.branch_id, c.is_never_suspended, c.kind,
           t.balance_amount, t.promised_until, t.excluded_until, i.unpaid, i.due_date,
           i.invoice_id, coalesce(s.ids, '{}'::bigint[]),
           %(outages)s AND EXISTS (
               SELECT FROM network_access a JOIN network_router r ON r.id = a.router_id
               WHERE a.customer_id = c.id AND a.desired_state <> 'REMOVED'
                 AND r.is_enabled AND r.archived_at IS NULL AND r.status = 'OFFLINE')
    FROM customers_accountstate t
    JOIN customers_customer c ON c.id = t.customer_id
    JOIN LATERAL (SELECT sum(amount_due) AS unpaid, min(due_date) AS due_date,
                         (array_agg(id ORDER BY due_date, id))[1] AS invoice_id
                  FROM billing_invoice
                  WHERE customer_id = c.id AND status = 'OPEN' AND amount_due > 0
                    AND due_date < %(on)s) i ON i.unpaid > 0
    LEFT JOIN LATERAL (
        SELECT array_agg(id ORDER BY id) AS ids FROM customers_subscription
        WHERE customer_id = c.id AND status = 'ACTIVE' AND mode = 'POSTPAID') s ON true
    WHERE t.oldest_due_date < %(on)s
      AND (%(ids)s::bigint[] IS NULL OR c.id = ANY(%(ids)s::bigint[]))
      AND (%(branch)s::bigint IS NULL OR c.branch_id = %(branch)s::bigint)
      AND (NOT %(active)s OR s.ids IS NOT NULL)
    ORDER BY c.id
"""


def judge(
    *,
    on: date,
    customer_ids: Iterable[int] | None = None,
    grace_days: int | None = None,
    branch_id: int | None = None,
    active_only: bool = True,
    in_force: InForce | None = None,
) -> list[Judged]:
    """Decide for every customer past due on the company date `on`; reads only.

    `grace_days` may differ from the policies' own, to simulate. Call it again inside the
    transaction that acts, with the customers' account states locked.
    """
    known = in_force or policies.in_force(on=on)
    ids = None if customer_ids is None else list(customer_ids)
    values: dict[str, Any] = {
        "on": on,
        "ids": ids,
        "branch": branch_id,
        "active": active_only,
        "outages": any(policy.pauses_on_outage for policy in known.policies),
    }
    rows = statements.read(_FACTS, values)
    paying = under_way.who_is_paying([row[0] for row in rows], on=on)
    out = affecting.customers_out([row[0] for row in rows], on=on) if values["outages"] else set()
    return [
        _judged(
            (*row[:-1], row[-1] or row[0] in out),
            on=on,
            grace=grace_days,
            known=known,
            paying=paying,
        )
        for row in rows
    ]


# Who may be judged otherwise than "in grace"; everybody else need not be locked to know.
_PAST_DUE = """
    SELECT t.customer_id FROM customers_accountstate t
    JOIN customers_customer c ON c.id = t.customer_id
    WHERE t.oldest_due_date < %(before)s
      AND (%(ids)s::bigint[] IS NULL OR c.id = ANY(%(ids)s::bigint[]))
      AND (%(branch)s::bigint IS NULL OR c.branch_id = %(branch)s::bigint)
      AND EXISTS (SELECT FROM customers_subscription s
                  WHERE s.customer_id = c.id AND s.status = 'ACTIVE' AND s.mode = 'POSTPAID')
    ORDER BY t.customer_id
"""


def past_due(
    *,
    on: date,
    grace_days: int,
    customer_ids: Iterable[int] | None = None,
    branch_id: int | None = None,
) -> list[int]:
    """Return the customers on line whose oldest bill is past due by more than `grace_days`."""
    ids = None if customer_ids is None else list(customer_ids)
    values: dict[str, Any] = {
        "before": on - timedelta(days=grace_days),
        "ids": ids,
        "branch": branch_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PAST_DUE, values)
        return [row[0] for row in cursor]


def next_cuts(*, on: date, days: int = 7, branch_id: int | None = None) -> dict[date, int]:
    """Return how many customers would be cut on each of the coming days if nobody paid."""
    upcoming = dict.fromkeys((on + timedelta(days=step) for step in range(days)), 0)
    for judged in judge(on=on, branch_id=branch_id):
        day = judged.decision.suspends_on
        if day is not None and not judged.is_never_suspended:
            day = max(day, on)
            if day in upcoming:
                upcoming[day] += 1
    return upcoming


def _judged(
    row: tuple[Any, ...], *, on: date, grace: int | None, known: InForce, paying: Set[int]
) -> Judged:
    pk, number, name, phone, branch, never, kind, balance, promised, excluded = row[:10]
    unpaid, due, invoice, ids, has_outage = row[10:]
    policy = known.of(kind, branch)
    facts = Facts(
        on=on,
        balance=balance,
        unpaid_amount=unpaid,
        due_date=due,
        grace_days=policy.grace_days if grace is None else grace,
        minimum_amount=policy.minimum_amount,
        promised_until=promised,
        excluded_until=excluded,
        payment_pending=pk in paying,
        has_outage=has_outage and policy.pauses_on_outage,
        is_cut_at_all=policy.suspends,
        cutoff_weekdays=policy.cutoff_weekdays,
        holidays=known.holidays(policy, branch),
    )
    return Judged(
        customer_id=pk,
        number=number,
        name=name,
        phone=phone,
        branch_id=branch,
        is_never_suspended=never,
        subscription_ids=ids,
        invoice_id=invoice,
        policy=policy,
        decision=decide(facts),
    )
