"""Charge what being late costs, once a bill, as a bill of its own; and propose to cancel.

Both rest on the same facts as a cut: nobody who owes nothing, less than the minimum, has promised,
is excluded or is paying at this moment is charged or proposed.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from billing.dunning.models import DunningEvent
from billing.dunning.queries import due_fees, dunning, policies
from billing.dunning.queries.due_fees import WAITS, Due
from billing.dunning.queries.dunning import Judged
from billing.dunning.queries.policies import InForce
from billing.dunning.rules.dunning import Reason
from billing.dunning.rules.ladder import Action
from billing.invoices.models import Invoice
from billing.invoices.services import invoicing
from billing.invoices.services.invoicing import NewLine
from billing.ledger.rules.chart import Chart
from billing.ledger.services import account_states
from ispbill.audit.services import trail
from ispbill.audit.services.jobs import Progress
from ispbill.core import faults
from ispbill.core.acts import Act
from ispbill.notifications.services import bulk

CHUNK = 200
EVENT = "late_fee_charged"
_TELL = """
    SELECT i.number, c.phone, c.email, c.language,
           jsonb_build_object('name', c.name, 'number', c.number, 'invoice', i.number,
               'amount', i.amount_due::text, 'due_date', i.due_date::text,
               'balance', t.balance_amount::text),
           c.id, NULL::bigint, c.wants_sms, c.wants_whatsapp, c.wants_email
    FROM billing_invoice i
    JOIN customers_customer c ON c.id = i.customer_id
    JOIN customers_accountstate t ON t.customer_id = i.customer_id
    WHERE i.id = ANY(%s)
"""
_PROPOSE = """
    INSERT INTO billing_dunningevent (customer_id, invoice_id, policy_id, action, offset_days,
        occurrence, outcome, "on", at, facts)
    SELECT r.customer, r.invoice, r.policy, 'PROPOSE_CANCEL', r."offset", 1, 'DONE', %(on)s, %(at)s,
           r.facts
    FROM jsonb_to_recordset(%(rows)s) AS r (invoice bigint, customer bigint, policy bigint,
        "offset" int, facts jsonb)
    WHERE EXISTS (SELECT FROM customers_subscription s
                  WHERE s.customer_id = r.customer AND s.status IN ('ACTIVE', 'SUSPENDED'))
      AND NOT EXISTS (SELECT FROM billing_dunningevent e
                      WHERE e.invoice_id = r.invoice AND e.action = 'PROPOSE_CANCEL')
    ON CONFLICT DO NOTHING
"""


def charge(*, on: date, at: datetime, progress: Progress | None = None) -> int:
    """Charge the late fees due on company date `on`; return how many bills were written."""
    in_force = policies.in_force(on=on)
    if not any(policy.late_fee for policy in in_force.policies):
        return 0
    fees = due_fees.due(on=on, in_force=in_force)
    found = sorted({one.judged.customer_id for one in fees})
    if progress is not None:
        progress.total(len(found), step="late fees")
    charged = 0
    for start in range(0, len(found), CHUNK):
        chunk = found[start : start + CHUNK]
        charged += _charge_chunk(chunk, on=on, at=at, in_force=in_force)
        if progress is not None:
            progress.advance(processed=len(chunk))
    return charged


def charge_approved(approved: Mapping[int, str], *, on: date, at: datetime) -> int:
    """Charge the customers of an approved plan exactly what it said (customer id → digest).

    Whoever would be charged something else by now is charged nothing here.
    """
    in_force = policies.in_force(on=on)
    found = sorted(approved)
    return sum(
        _charge_chunk(
            found[start : start + CHUNK], on=on, at=at, in_force=in_force, approved=approved
        )
        for start in range(0, len(found), CHUNK)
    )


def propose_cancellations(*, on: date, at: datetime) -> int:
    """Propose to cancel whoever the ladder says; a person decides. Return how many are new."""
    in_force = policies.in_force(on=on)
    if not any(policy.has(Action.PROPOSE_CANCEL) for policy in in_force.policies):
        return 0
    found = [one.customer_id for one in _hopeless(None, on=on, in_force=in_force)]
    return sum(
        _propose_chunk(found[start : start + CHUNK], on=on, at=at, in_force=in_force)
        for start in range(0, len(found), CHUNK)
    )


@transaction.atomic
def _charge_chunk(
    customer_ids: Sequence[int],
    *,
    on: date,
    at: datetime,
    in_force: InForce,
    approved: Mapping[int, str] | None = None,
) -> int:
    account_states.lock(customer_ids)
    fees = due_fees.due(on=on, in_force=in_force, customer_ids=customer_ids)
    if approved is not None:
        now = due_fees.digests(fees)
        fees = [
            one for one in fees if now[one.judged.customer_id] == approved[one.judged.customer_id]
        ]
    written = [_charge(one, on=on, at=at) for one in fees]
    if written:
        bulk.enqueue_select(EVENT, _TELL, [written], at)
    faults.point("billing.late_fees.before_commit")
    return len(written)


def _charge(due: Due, *, on: date, at: datetime) -> int:
    bill = due.bill
    explanation: dict[str, Any] = {
        "late_fee": {
            "invoice": bill.number,
            "due_date": bill.due_date.isoformat(),
            "on": on.isoformat(),
            "unpaid": f"{bill.amount_due:f}",
            "step": due.step.offset_days,
            "rate": None if due.rate is None else f"{due.rate:f}",
            "policy": due.judged.policy.name,
        }
    }
    with translation.override(bill.customer.language):
        description = _("Late fee for bill %(invoice)s") % {"invoice": bill.number}
    fee = invoicing.issue(
        customer=bill.customer,
        lines=[
            NewLine(
                kind="LATE_FEE",
                description=description,
                amount=due.amount,
                tax_rate=due.tax_rate,
                account=int(Chart.LATE_FEES),
                explanation=explanation,
            )
        ],
        kind=Invoice.Kind.LATE_FEE,
        due_date=on,
        on=on,
        act=Act(None, at, reason=f"late fee of bill {bill.number}"),
    )
    DunningEvent.objects.create(
        customer_id=bill.customer_id,
        invoice=bill,
        policy_id=due.judged.policy.pk,
        action=Action.LATE_FEE.value,
        offset_days=due.step.offset_days,
        outcome=DunningEvent.Outcome.DONE,
        on=on,
        at=at,
        facts=due.judged.decision.as_dict()
        | explanation
        | {"fee_invoice": fee.number, "fee": f"{fee.total_amount:f}"},
    )
    return int(fee.pk)


def _hopeless(customer_ids: Sequence[int] | None, *, on: date, in_force: InForce) -> list[Judged]:
    judged = dunning.judge(on=on, customer_ids=customer_ids, active_only=False, in_force=in_force)
    return [one for one in judged if _is_hopeless(one, on=on)]


def _is_hopeless(one: Judged, *, on: date) -> bool:
    step, due = one.policy.first(Action.PROPOSE_CANCEL), one.decision.facts.due_date
    if step is None or due is None or one.is_never_suspended:
        return False
    is_late_enough = due + timedelta(days=step.offset_days) <= on
    return is_late_enough and one.decision.reason not in WAITS | {Reason.OUTAGE}


@transaction.atomic
def _propose_chunk(
    customer_ids: Sequence[int], *, on: date, at: datetime, in_force: InForce
) -> int:
    account_states.lock(customer_ids)
    trail.begin(act=Act(None, at))
    rows = [
        {
            "invoice": one.invoice_id,
            "customer": one.customer_id,
            "policy": one.policy.pk,
            "offset": step.offset_days,
            "facts": one.decision.as_dict(),
        }
        for one in _hopeless(customer_ids, on=on, in_force=in_force)
        for step in one.policy.steps
        if step.action is Action.PROPOSE_CANCEL
    ]
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"rows": Jsonb(rows), "on": on, "at": at}
        cursor.execute(_PROPOSE, values)
        return int(cursor.rowcount)
