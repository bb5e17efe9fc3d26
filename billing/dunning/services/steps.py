"""Take the steps of the ladder that are due: messages, late fees, proposals to cancel.

Each step taken is a row (`DunningEvent`), written in the transaction of what it does: run twice or
killed in between, nothing is done twice. Set-based, a chunk of customers to a transaction, their
accounts locked first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from billing.dunning.models import DunningEvent
from billing.dunning.queries import due_steps, policies
from billing.dunning.queries.due_steps import DUE, EVENT, RUNGS, SENT, SUSPEND_DATE
from billing.dunning.queries.dunning import Judged
from billing.ledger.services import account_states
from ispbill.audit.services import fence
from ispbill.audit.services.jobs import Progress
from ispbill.core import faults, statements
from ispbill.notifications.services import bulk

CHUNK = 2_000


@dataclass
class Told:
    """What a run of the message steps did."""

    done: dict[int, int] = field(default_factory=dict)  # offset in days → bills
    skipped: int = 0
    messages: int = 0


_WAITING = f"""
    WITH {RUNGS}
    SELECT DISTINCT d.customer_id FROM ({DUE}) d
    WHERE %(branch)s::bigint IS NULL OR d.branch_id = %(branch)s::bigint
    ORDER BY 1
"""  # noqa: S608 - composed from the constants above
_TAKE = f"""
    WITH {RUNGS}
    INSERT INTO billing_dunningevent (customer_id, invoice_id, policy_id, action, offset_days,
        occurrence, outcome, "on", at, facts)
    SELECT d.customer_id, d.invoice_id, d.policy_id, d.action, d.offset_days, 1,
           CASE WHEN {SENT} THEN 'DONE' ELSE 'SKIPPED' END,
           %(on)s, %(at)s,
           jsonb_build_object('on', %(on)s, 'due_date', d.due_date, 'days_late', d.days_late,
               'amount', d.amount_due::text, 'balance', d.balance_amount::text,
               'grace_days', d.grace_days, 'channels', to_jsonb(d.channels),
               'event', {EVENT}, 'suspend_date', {SUSPEND_DATE})
    FROM ({DUE} AND i.customer_id = ANY(%(ids)s)) d
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
               'balance', t.balance_amount::text,
               'suspend_date', coalesce(e.facts ->> 'suspend_date', '')),
           c.id, NULL::bigint,
           c.wants_sms AND w.any_or @> '"SMS"', c.wants_whatsapp AND w.any_or @> '"WHATSAPP"',
           c.wants_email AND w.any_or @> '"EMAIL"'
    FROM billing_dunningevent e
    JOIN billing_invoice i ON i.id = e.invoice_id
    JOIN customers_customer c ON c.id = e.customer_id
    JOIN customers_accountstate t ON t.customer_id = e.customer_id
    CROSS JOIN LATERAL (SELECT CASE WHEN e.facts -> 'channels' = '[]'
                                    THEN '["SMS", "WHATSAPP", "EMAIL"]'::jsonb
                                    ELSE e.facts -> 'channels' END) AS w (any_or)
    WHERE e.customer_id = ANY(%s) AND e."on" = %s AND e.at = %s AND e.outcome = 'DONE'
      AND e.action IN ('REMIND', 'NOTICE') AND e.facts ->> 'event' = %s
"""


def send(
    *, on: date, at: datetime, branch_id: int | None = None, progress: Progress | None = None
) -> Told:
    """Take the message steps due on company date `on`; each bill's newest is sent, once.

    Reminders a stopped machine has missed are noted as left out. Messages wait in the outbox for
    the end of the quiet hours.
    """
    told = Told()
    in_force = policies.in_force(on=on)
    values = due_steps.parameters(in_force, on=on, branch_id=branch_id)
    if values is None:
        return told
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, values)
        waiting = [row[0] for row in cursor]
    if progress is not None:
        progress.total(len(waiting), step="reminders")
    for start in range(0, len(waiting), CHUNK):
        chunk = waiting[start : start + CHUNK]
        _send_chunk(chunk, told, values, on=on, at=at)
        if progress is not None:
            progress.advance(processed=len(chunk))
    return told


def send_approved(
    approved: Mapping[int, str], *, on: date, at: datetime, besides_run: int | None
) -> Told:
    """Send to the customers of an approved plan exactly what it said (customer id → digest).

    Whoever would get something else by now gets nothing here: the day's own job judges them. Bills
    of the run `besides_run`, which the same plan has just written, are passed over.
    """
    told = Told()
    in_force = policies.in_force(on=on)
    values = due_steps.parameters(in_force, on=on, besides_run=besides_run)
    if values is None:
        return told
    waiting = sorted(approved)
    for start in range(0, len(waiting), CHUNK):
        _send_chunk(waiting[start : start + CHUNK], told, values, on=on, at=at, approved=approved)
    return told


@transaction.atomic
def _send_chunk(
    customer_ids: list[int],
    told: Told,
    values: dict[str, Any],
    *,
    on: date,
    at: datetime,
    approved: Mapping[int, str] | None = None,
) -> None:
    fence.check()
    account_states.lock(customer_ids)
    if approved is not None:
        now = due_steps.digests(customer_ids, values)
        customer_ids = [pk for pk in customer_ids if now.get(pk) == approved[pk]]
    taken = statements.read(_TAKE, values | {"ids": customer_ids, "at": at})
    for outcome, offset, _event in taken:
        if outcome == DunningEvent.Outcome.DONE:
            told.done[offset] = told.done.get(offset, 0) + 1
        else:
            told.skipped += 1
    for event in sorted({event for outcome, _offset, event in taken if outcome == "DONE"}):
        told.messages += bulk.enqueue_select(event, _TELL, [customer_ids, on, at, event], at)
    faults.point("billing.remind.before_commit")


def note_cuts(
    cut: Sequence[Judged], decided: Mapping[int, dict[str, Any]], *, on: date, at: datetime
) -> None:
    """Write the cut as a step of each customer's oldest bill past due; it may come again."""
    rows = [
        {
            "invoice": judged.invoice_id,
            "customer": judged.customer_id,
            "policy": judged.policy.pk,
            "offset": judged.decision.facts.grace_days + 1,
            "facts": decided[judged.customer_id],
        }
        for judged in cut
    ]
    values: dict[str, Any] = {"rows": Jsonb(rows), "on": on, "at": at}
    statements.run(
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
