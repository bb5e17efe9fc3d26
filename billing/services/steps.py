"""Take the steps of the ladder that are due: messages, late fees, proposals to cancel.

Each step taken is a row (`DunningEvent`), written in the transaction of what it does: run twice or
killed in between, nothing is done twice. Set-based, a chunk of customers to a transaction, their
accounts locked first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from billing.models import DunningEvent
from billing.queries import policies
from billing.queries.dunning import Judged
from billing.queries.policies import InForce
from billing.rules.dunning import EVERY_WEEKDAY
from billing.rules.ladder import LATEST_DAYS, Policy
from billing.services import standings
from customers.models import Customer
from ispbill.accounts.models import Branch
from ispbill.audit.services.jobs import Progress
from ispbill.core import faults
from ispbill.notifications.services import bulk

CHUNK = 2_000
BY_THE_DAY = ("payment_reminder", "payment_due_today", "payment_overdue")
NOTICE = "suspension_notice"
LOOK_AHEAD = 60  # days without a cut that a message can see past


@dataclass
class Told:
    """What a run of the message steps did."""

    done: dict[int, int] = field(default_factory=dict)  # offset in days → bills
    skipped: int = 0
    messages: int = 0


# The message steps of the policy that governs each kind of customer in each branch.
_RUNGS = """
    rung AS (
        SELECT * FROM jsonb_to_recordset(%(rungs)s) AS r (customer_kind text, branch_id bigint,
            policy_id bigint, action text, offset_days int, channels text[], event text,
            grace_days int, may_cut boolean, closed date[]))
"""

# Bills whose step has come and is not taken, nor any later one: newest first within a bill.
_DUE = """
    SELECT i.id AS invoice_id, i.customer_id, r.*, %(on)s - i.due_date - r.offset_days AS days_late,
           i.amount_due, i.due_date, t.balance_amount,
           r.may_cut AND NOT c.is_never_suspended AS is_cut,
           greatest(i.due_date + r.grace_days, t.promised_until, t.excluded_until, %(on)s - 1) + 1
               AS first_day,
           row_number() OVER (PARTITION BY i.id ORDER BY r.offset_days DESC, r.action) AS place
    FROM billing_invoice i
    JOIN customers_customer c ON c.id = i.customer_id
    JOIN customers_standing t ON t.customer_id = i.customer_id
    JOIN rung r ON r.customer_kind = c.kind AND r.branch_id = c.branch_id
    WHERE i.status = 'OPEN' AND i.amount_due > 0 AND t.balance_amount > 0
      AND c.archived_at IS NULL
      AND i.due_date BETWEEN %(on)s - %(highest)s - %(latest)s AND %(on)s - %(lowest)s
      AND i.due_date + r.offset_days BETWEEN i.issued_on AND %(on)s
      AND NOT EXISTS (
          SELECT FROM billing_dunningevent e
          WHERE e.invoice_id = i.id AND e.action IN ('REMIND', 'NOTICE')
            AND e.offset_days >= r.offset_days)
"""
_WAITING = f"""
    WITH {_RUNGS}
    SELECT DISTINCT d.customer_id FROM ({_DUE}) d
    WHERE %(branch)s::bigint IS NULL OR d.branch_id = %(branch)s::bigint
    ORDER BY 1
"""  # noqa: S608 - composed from the constants above
_TAKE = f"""
    WITH {_RUNGS}
    INSERT INTO billing_dunningevent (customer_id, invoice_id, policy_id, action, offset_days,
        occurrence, outcome, "on", at, facts)
    SELECT d.customer_id, d.invoice_id, d.policy_id, d.action, d.offset_days, 1,
           CASE WHEN d.place = 1 AND d.days_late < %(latest)s THEN 'DONE' ELSE 'SKIPPED' END,
           %(on)s, %(at)s,
           jsonb_build_object('on', %(on)s, 'due_date', d.due_date, 'days_late', d.days_late,
               'amount', d.amount_due::text, 'balance', d.balance_amount::text,
               'grace_days', d.grace_days, 'channels', to_jsonb(d.channels),
               'event', CASE WHEN d.event <> '' THEN d.event
                             WHEN d.action = 'NOTICE' AND d.is_cut THEN '{NOTICE}'
                             WHEN %(on)s < d.due_date THEN '{BY_THE_DAY[0]}'
                             WHEN %(on)s = d.due_date THEN '{BY_THE_DAY[1]}'
                             ELSE '{BY_THE_DAY[2]}' END,
               'suspend_date', CASE
                   WHEN NOT d.is_cut THEN NULL
                   WHEN d.closed = '{{}}' THEN d.first_day
                   ELSE (SELECT min(first_day + n) FROM generate_series(0, {LOOK_AHEAD}) n
                         WHERE NOT first_day + n = ANY(d.closed)) END)
    FROM ({_DUE} AND i.customer_id = ANY(%(ids)s)) d
    ORDER BY d.customer_id, d.invoice_id, d.offset_days
    ON CONFLICT DO NOTHING
    RETURNING outcome, offset_days, facts ->> 'event'
"""  # noqa: S608 - composed from the constants above
# For `bulk.enqueue_select`; what is said is what the step's own row says.
_TELL = """
    SELECT i.number || ':' || e.offset_days, c.phone, c.email, c.language,
           jsonb_build_object('name', c.name, 'number', c.number, 'invoice', i.number,
               'amount', i.amount_due::text, 'due_date', i.due_date::text,
               'period', coalesce((SELECT lower(l.span)::text || '/' || upper(l.span)::text
                                   FROM billing_invoiceline l
                                   WHERE l.invoice_id = i.id AND l.span IS NOT NULL
                                   ORDER BY l.id LIMIT 1), ''),
               'balance', t.balance_amount::text, 'pay_url', %s,
               'suspend_date', coalesce(e.facts ->> 'suspend_date', '')),
           c.id, NULL::bigint,
           c.wants_sms AND w.any_or @> '"SMS"', c.wants_whatsapp AND w.any_or @> '"WHATSAPP"',
           c.wants_email AND w.any_or @> '"EMAIL"'
    FROM billing_dunningevent e
    JOIN billing_invoice i ON i.id = e.invoice_id
    JOIN customers_customer c ON c.id = e.customer_id
    JOIN customers_standing t ON t.customer_id = e.customer_id
    CROSS JOIN LATERAL (SELECT CASE WHEN e.facts -> 'channels' = '[]'
                                    THEN '["SMS", "WHATSAPP", "EMAIL"]'::jsonb
                                    ELSE e.facts -> 'channels' END) AS w (any_or)
    WHERE e.customer_id = ANY(%s) AND e."on" = %s AND e.at = %s AND e.outcome = 'DONE'
      AND e.action IN ('REMIND', 'NOTICE') AND e.facts ->> 'event' = %s
"""


def send(
    *,
    on: date,
    at: datetime,
    branch_id: int | None = None,
    progress: Progress | None = None,
) -> Told:
    """Take the message steps due on company date `on`; each bill's newest is sent, once.

    Reminders a stopped machine has missed are noted as left out. Messages wait in the outbox for
    the end of the quiet hours.
    """
    told = Told()
    in_force = policies.in_force(on=on)
    values = _values(in_force, on=on)
    if values is None:
        return told
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, values | {"branch": branch_id})
        waiting = [row[0] for row in cursor.fetchall()]
    if progress is not None:
        progress.total(len(waiting), step="reminders")
    for start in range(0, len(waiting), CHUNK):
        chunk = waiting[start : start + CHUNK]
        _send_chunk(chunk, told, values, on=on, at=at)
        if progress is not None:
            progress.advance(processed=len(chunk))
    return told


@transaction.atomic
def _send_chunk(
    customer_ids: list[int], told: Told, values: dict[str, Any], *, on: date, at: datetime
) -> None:
    standings.lock(customer_ids)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values | {"ids": customer_ids, "at": at})
        taken = cursor.fetchall()
    for outcome, offset, _event in taken:
        if outcome == DunningEvent.Outcome.DONE:
            told.done[offset] = told.done.get(offset, 0) + 1
        else:
            told.skipped += 1
    for event in sorted({event for outcome, _offset, event in taken if outcome == "DONE"}):
        told.messages += bulk.enqueue_select(
            event, _TELL, [f"{settings.PUBLIC_URL}/pay", customer_ids, on, at, event], at
        )
    faults.point("billing.remind.before_commit")


def note_cuts(
    cut: Sequence[Judged], decided: Mapping[int, dict[str, Any]], *, on: date, at: datetime
) -> None:
    """Write the cut as a step of each customer's oldest bill past due; it may come again."""
    rows = [
        {
            "invoice": judged.invoice_id, "customer": judged.customer_id,
            "policy": judged.policy.pk, "offset": judged.decision.facts.grace_days + 1,
            "facts": decided[judged.customer_id],
        }
        for judged in cut
    ]  # fmt: skip
    values: dict[str, Any] = {"rows": Jsonb(rows), "on": on, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO billing_dunningevent (customer_id, invoice_id, policy_id, action,
                offset_days, occurrence, outcome, "on", at, facts)
            SELECT r.customer, r.invoice, r.policy, 'SUSPEND', r."offset",
                   1 + (SELECT count(*) FROM billing_dunningevent e
                        WHERE e.invoice_id = r.invoice AND e.action = 'SUSPEND'),
                   'DONE', %(on)s, %(at)s, r.facts
            FROM jsonb_to_recordset(%(rows)s) AS r (invoice bigint, customer bigint,
                policy bigint, "offset" int, facts jsonb)
            """,
            values,
        )


def _values(in_force: InForce, *, on: date) -> dict[str, Any] | None:
    """Return the parameters of the queries above; None where nobody is ever written to."""
    rungs = [
        {
            "customer_kind": kind, "branch_id": branch_id, "policy_id": policy.pk,
            "action": step.action.value, "offset_days": step.offset_days,
            "channels": list(step.channels), "event": step.event,
            "grace_days": policy.grace_days, "may_cut": policy.suspends,
            "closed": _closed(in_force, policy, branch_id, on=on),
        }
        for kind in Customer.Kind.values
        for branch_id in Branch.objects.order_by("pk").values_list("pk", flat=True)
        for policy in [in_force.of(kind, branch_id)]
        for step in policy.messages
    ]  # fmt: skip
    if not rungs:
        return None
    offsets = [int(str(rung["offset_days"])) for rung in rungs]
    return {
        "rungs": Jsonb(rungs), "on": on, "latest": LATEST_DAYS,
        "lowest": min(offsets), "highest": max(offsets),
    }  # fmt: skip


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
