"""Charge what being late costs, once a bill, as a bill of its own; and propose to cancel.

Both rest on the same facts as a cut: nobody who owes nothing, less than the minimum, has promised,
is excluded or is paying at this moment is charged or proposed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from billing.models import DunningEvent, Invoice
from billing.queries import dunning, policies
from billing.queries.dunning import Judged
from billing.queries.policies import InForce
from billing.rules.chart import Chart
from billing.rules.dunning import Reason
from billing.rules.ladder import Action, LateFee, Policy, Step
from billing.rules.tax import tax_line
from billing.services import invoicing, standings
from billing.services.invoicing import NewLine
from customers.models import TaxRate
from ispbill.audit.services import trail
from ispbill.audit.services.jobs import Progress
from ispbill.core import faults
from ispbill.core.models import Company
from ispbill.notifications.services import bulk

CHUNK = 200
EVENT = "late_fee_charged"
_WAITS = frozenset(
    {
        Reason.NOTHING_OWED, Reason.BELOW_MINIMUM, Reason.PROMISED, Reason.EXCLUDED,
        Reason.PAYMENT_PENDING,
    }
)  # fmt: skip

_TELL = """
    SELECT i.number, c.phone, c.email, c.language,
           jsonb_build_object('name', c.name, 'number', c.number, 'invoice', i.number,
               'amount', i.amount_due::text, 'due_date', i.due_date::text,
               'balance', t.balance_amount::text, 'pay_url', %s),
           c.id, NULL::bigint, c.wants_sms, c.wants_whatsapp, c.wants_email
    FROM billing_invoice i
    JOIN customers_customer c ON c.id = i.customer_id
    JOIN customers_standing t ON t.customer_id = i.customer_id
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


@dataclass(frozen=True)
class _Rung:
    judged: Judged
    policy: Policy
    step: Step
    fee: LateFee


def charge(*, on: date, at: datetime, progress: Progress | None = None) -> int:
    """Charge the late fees due on company date `on`; return how many bills were written."""
    in_force = policies.in_force(on=on)
    if not any(policy.late_fee for policy in in_force.policies):
        return 0
    found = [rung.judged.customer_id for rung in _rungs(on=on, in_force=in_force)]
    if progress is not None:
        progress.total(len(found), step="late fees")
    charged = 0
    for start in range(0, len(found), CHUNK):
        chunk = found[start : start + CHUNK]
        charged += _charge_chunk(chunk, on=on, at=at, in_force=in_force)
        if progress is not None:
            progress.advance(processed=len(chunk))
    return charged


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


def _rungs(
    *, on: date, in_force: InForce, customer_ids: Sequence[int] | None = None
) -> list[_Rung]:
    judged = dunning.judge(on=on, customer_ids=customer_ids, active_only=False, in_force=in_force)
    return [
        _Rung(one, one.policy, step, fee)
        for one in judged
        for step, fee in [(one.policy.first(Action.LATE_FEE), one.policy.late_fee)]
        if step is not None and fee is not None and one.decision.reason not in _WAITS
        and not _is_waiting(one)
    ]  # fmt: skip


def _is_waiting(one: Judged) -> bool:
    """Tell whether time was given that is not over, also while the days of grace still run."""
    facts = one.decision.facts
    given = (facts.promised_until, facts.excluded_until)
    return facts.payment_pending or any(day is not None and facts.on <= day for day in given)


@transaction.atomic
def _charge_chunk(customer_ids: Sequence[int], *, on: date, at: datetime, in_force: InForce) -> int:
    standings.lock(customer_ids)
    written: list[int] = []
    for rung in _rungs(on=on, in_force=in_force, customer_ids=customer_ids):
        late = _late_bills(rung, on=on)
        written += [_charge(bill, rung, on=on, at=at) for bill in late]
    if written:
        bulk.enqueue_select(EVENT, _TELL, [f"{settings.PUBLIC_URL}/pay", written], at)
    faults.point("billing.late_fees.before_commit")
    return len(written)


def _late_bills(rung: _Rung, *, on: date) -> list[Invoice]:
    """Return the bills of a customer the fee falls on: never a fee's own, never one twice."""
    charged = DunningEvent.objects.filter(
        customer=rung.judged.customer_id, action=Action.LATE_FEE.value
    )
    return list(
        Invoice.objects.filter(
            customer=rung.judged.customer_id, status=Invoice.Status.OPEN, amount_due__gt=0,
            due_date__gte=rung.fee.since, due_date__lte=on - timedelta(rung.step.offset_days),
        )
        .exclude(kind=Invoice.Kind.LATE_FEE)
        .exclude(pk__in=charged.values("invoice"))
        .select_related("customer")
        .order_by("due_date", "pk")
    )  # fmt: skip


def _charge(bill: Invoice, rung: _Rung, *, on: date, at: datetime) -> int:
    net = rung.fee.of(bill.amount_due)
    rate = _tax_rate(bill, rung.fee, on=on)
    explanation: dict[str, Any] = {
        "late_fee": {
            "invoice": bill.number, "due_date": bill.due_date.isoformat(), "on": on.isoformat(),
            "unpaid": f"{bill.amount_due:f}", "step": rung.step.offset_days,
            "rate": None if rung.fee.rate is None else f"{rung.fee.rate:f}",
            "policy": rung.policy.name,
        }
    }  # fmt: skip
    with translation.override(bill.customer.language):
        description = _("Late fee for bill %(invoice)s") % {"invoice": bill.number}
    fee = invoicing.issue(
        customer=bill.customer,
        lines=[
            NewLine(
                kind="LATE_FEE", description=description, amount=tax_line(net, rate),
                tax_rate=rate, account=int(Chart.LATE_FEES), explanation=explanation,
            )
        ],
        kind=Invoice.Kind.LATE_FEE, due_date=on, on=on, at=at, actor=None,
        reason=f"late fee of bill {bill.number}",
    )  # fmt: skip
    DunningEvent.objects.create(
        customer_id=bill.customer_id, invoice=bill, policy_id=rung.policy.pk,
        action=Action.LATE_FEE.value, offset_days=rung.step.offset_days,
        outcome=DunningEvent.Outcome.DONE, on=on, at=at,
        facts=rung.judged.decision.as_dict() | explanation
        | {"fee_invoice": fee.number, "fee": f"{fee.total_amount:f}"},
    )  # fmt: skip
    return int(fee.pk)


def _tax_rate(bill: Invoice, fee: LateFee, *, on: date) -> Decimal:
    if bill.customer.is_tax_exempt:
        return Decimal(0)
    if fee.tax_class_id is None:
        return Company.current().tax_rate
    rates = TaxRate.objects.filter(tax_class=fee.tax_class_id, effective_from__lte=on)
    rate = rates.order_by("-effective_from").values_list("rate", flat=True).first()
    return Company.current().tax_rate if rate is None else rate


def _hopeless(customer_ids: Sequence[int] | None, *, on: date, in_force: InForce) -> list[Judged]:
    judged = dunning.judge(on=on, customer_ids=customer_ids, active_only=False, in_force=in_force)
    return [one for one in judged if _is_hopeless(one, on=on)]


def _is_hopeless(one: Judged, *, on: date) -> bool:
    step, due = one.policy.first(Action.PROPOSE_CANCEL), one.decision.facts.due_date
    if step is None or due is None or one.is_never_suspended:
        return False
    is_late_enough = due + timedelta(days=step.offset_days) <= on
    return is_late_enough and one.decision.reason not in _WAITS | {Reason.OUTAGE}


@transaction.atomic
def _propose_chunk(
    customer_ids: Sequence[int], *, on: date, at: datetime, in_force: InForce
) -> int:
    standings.lock(customer_ids)
    trail.begin(actor=None, at=at)
    rows = [
        {
            "invoice": one.invoice_id, "customer": one.customer_id, "policy": one.policy.pk,
            "offset": step.offset_days, "facts": one.decision.as_dict(),
        }
        for one in _hopeless(customer_ids, on=on, in_force=in_force)
        for step in one.policy.steps
        if step.action is Action.PROPOSE_CANCEL
    ]  # fmt: skip
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"rows": Jsonb(rows), "on": on, "at": at}
        cursor.execute(_PROPOSE, values)
        return int(cursor.rowcount)
