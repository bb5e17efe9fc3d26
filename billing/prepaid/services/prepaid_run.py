"""The prepaid job: renew by the thousand what is due and covered, close what is not, and remind.

Set-based, a transaction for each chunk of customers. What is renewed is moved past by its schedule
and what is closed is not in use any more, so running it twice, late, or after it was cut off in
the middle comes to the same as one clean run.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction

from billing.allocation.services import account_state, allocation
from billing.invoices.services import seller
from billing.ledger.services import account_states, ledger
from billing.prepaid.queries import prepaid as facts
from billing.prepaid.rules import prepaid as rules
from billing.prepaid.services import prepaid_notices, renewal
from billing.run.queries import plan
from billing.run.services import cycle_chunk
from customers.models import Subscription, Suspension
from ispbill.audit.services import trail
from ispbill.audit.services.jobs import Progress
from ispbill.core import clock, faults, locks, statements
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from network.services import access

CHUNK = 2_000
LOCK = "payments.prepaid"
OVER = "prepaid time is over and not renewed"

# Customers with a prepaid service whose time is over: those in use, and closed ones with money.
_CUSTOMERS = """
    SELECT DISTINCT s.customer_id
    FROM customers_subscription s
    JOIN billing_schedule h ON h.subscription_id = s.id
    JOIN customers_accountstate t ON t.customer_id = s.customer_id
    WHERE s.mode = 'PREPAID' AND h.billed_until <= %(on)s AND s.customer_id > %(after)s
      AND (s.status = 'ACTIVE'
           OR (s.status = 'SUSPENDED' AND EXISTS (
                   SELECT FROM customers_suspension p WHERE p.subscription_id = s.id
                   AND p.ended_at IS NULL AND p.kind = 'PREPAID')
               AND (-t.balance_amount >= s.price_amount OR (t.balance_amount < 0 AND EXISTS (
                   SELECT FROM billing_discount d WHERE d.subscription_id = s.id)))))
    ORDER BY s.customer_id LIMIT %(limit)s
"""

# Of locked customers: what is due and renews itself. `is_plain` says that nothing was switched off
# since the time was over, so that the next period simply goes on there.
_DUE = """
    SELECT s.id, s.customer_id,
           s.status = 'ACTIVE' AND NOT EXISTS (
               SELECT FROM customers_suspension p WHERE p.subscription_id = s.id
               AND NOT p.is_billed AND p.span && daterange(h.billed_until, %(on)s + 1)) AS is_plain
    FROM customers_subscription s
    JOIN billing_schedule h ON h.subscription_id = s.id
    LEFT JOIN billing_renewalchoice r ON r.subscription_id = s.id
    WHERE s.mode = 'PREPAID' AND h.billed_until <= %(on)s AND s.customer_id = ANY (%(ids)s)
      AND coalesce(r.is_on, true)
      AND (s.status = 'ACTIVE' OR (s.status = 'SUSPENDED' AND EXISTS (
           SELECT FROM customers_suspension p WHERE p.subscription_id = s.id
           AND p.ended_at IS NULL AND p.kind = 'PREPAID')))
    ORDER BY h.billed_until, s.id
"""

# Where a whole period begins on a day that is no billing day of the service, that day becomes it.
_ANCHOR = """
    UPDATE customers_subscription s
    SET billing_day = extract(day FROM h.billed_until)
    FROM billing_schedule h
    WHERE h.subscription_id = s.id AND s.id = ANY (%s)
      AND h.billed_until <> least(
          date_trunc('month', h.billed_until::timestamp)::date + (s.billing_day - 1),
          (date_trunc('month', h.billed_until::timestamp) + interval '1 month')::date - 1)
"""

# What the credit does not pay is taken out of the plan. One service a customer is in it at a time.
_UNCOVERED = """
    DELETE FROM billing_plan p USING (
        SELECT x.subscription_id FROM billing_plan x
        JOIN customers_accountstate t ON t.customer_id = x.customer_id
        GROUP BY x.subscription_id, t.balance_amount
        HAVING sum(x.net + x.tax) > 0 AND sum(x.net + x.tax) > -t.balance_amount) u
    WHERE u.subscription_id = p.subscription_id
"""

_OPEN = """
    SELECT s.id, h.billed_until, t.balance_amount
    FROM customers_subscription s
    JOIN billing_schedule h ON h.subscription_id = s.id
    JOIN customers_accountstate t ON t.customer_id = s.customer_id
    WHERE s.mode = 'PREPAID' AND s.status = 'ACTIVE' AND h.billed_until <= %s
      AND s.customer_id = ANY (%s)
    ORDER BY s.id
"""


@dataclass
class Report:
    """What a run did, in services; `waiting` are over but in their grace or spared at this hour."""

    renewed: int = 0
    closed: int = 0
    waiting: int = 0
    amount: Decimal = field(default_factory=Decimal)


def run(*, act: Act, chunk: int = CHUNK, progress: Progress | None = None) -> Report:
    """Renew and close what is due at a moment; a rival that comes meanwhile does nothing.

    Must be called outside a transaction.
    """
    report, after = Report(), 0
    on = clock.local_date(act.at)
    with locks.only_one(LOCK) as free:
        if not free:
            return report
        while ids := _customers(on=on, after=after, limit=chunk):
            before = report.renewed + report.closed
            _chunk(ids, report, act=act)
            after = ids[-1]
            if progress is not None:
                progress.advance(processed=report.renewed + report.closed - before)
    return report


@transaction.atomic
def attend(*, customer_id: int, act: Act) -> Report:
    """Renew or close what is due of one customer, in the caller's transaction."""
    report = Report()
    _chunk([customer_id], report, act=act)
    return report


def remind(*, on: date, at: datetime) -> int:
    """Tell customers with too little credit for the next period, so many days before the time is
    over.

    The days are the company's own. Again the same day queues nothing new.
    """
    queued = 0
    for days in sorted({int(days) for days in Company.current().prepaid_reminder_days}):
        for ids in _chunks_of_services(on + timedelta(days=days)):
            queued += _remind(ids, days=days, on=on, at=at)
    return queued


def _customers(*, on: date, after: int, limit: int) -> list[int]:
    rows = statements.read(_CUSTOMERS, {"on": on, "after": after, "limit": limit})
    return [row[0] for row in rows]


@transaction.atomic
def _chunk(customer_ids: Sequence[int], report: Report, *, act: Act) -> None:
    trail.begin(act=act.because(renewal.REASON))
    account_states.lock(customer_ids)
    plan.lock_changes(customer_ids)
    plain, special = _due(customer_ids, on=act.on)
    renewed = _renew_plain(plain, report, act=act)
    faults.point("payments.prepaid.after_bills")
    if renewed:
        touched = sorted(set(renewed.values()))
        allocation.allocate(touched, at=act.at)
        account_state.recompute(touched)
        prepaid_notices.renewed(sorted(renewed), at=act.at)
    for pk in special:
        _renew_special(pk, report, act=act)
    _close(customer_ids, report, act=act)
    faults.point("payments.prepaid.before_commit")


def _due(customer_ids: Sequence[int], *, on: date) -> tuple[list[tuple[int, int]], list[int]]:
    """Return the plain services (with their customers) and the others, soonest over first."""
    rows = statements.read(_DUE, {"on": on, "ids": list(customer_ids)})
    plain = [(pk, customer) for pk, customer, is_plain in rows if is_plain]
    return plain, [pk for pk, _customer, is_plain in rows if not is_plain]


def _renew_plain(due: list[tuple[int, int]], report: Report, *, act: Act) -> dict[int, int]:
    """Renew in rounds of one service a customer, until nothing due is covered any more."""
    renewed: dict[int, int] = {}
    if not due:
        return renewed
    ledger.open_chart()
    frozen = seller.current()
    while due:
        first: dict[int, int] = {}
        for pk, customer in due:
            first.setdefault(customer, pk)
        ends = _renew_round(list(first.values()), report, seller_id=frozen.pk, act=act)
        renewed |= {pk: customer for customer, pk in first.items() if pk in ends}
        done = {pk for pk in first.values() if ends.get(pk, date.max) > act.on}
        due = [(pk, customer) for pk, customer in due if pk not in done]
    return renewed


def _renew_round(
    subscription_ids: list[int], report: Report, *, seller_id: int, act: Act
) -> dict[int, date]:
    """Write one period of each that is covered; return where those end."""
    with connection.cursor() as cursor:
        if Company.current().prepaid_start == Company.PrepaidStart.ROLLING:
            cursor.execute(_ANCHOR, [subscription_ids])
        if not facts.make_plan(subscription_ids, issued_on=act.on, horizon=act.on):
            return {}
        cursor.execute(_UNCOVERED)
        if cursor.rowcount:
            plan.group_into_bills()
    written = cycle_chunk.write(run_id=None, seller_id=seller_id, issued_on=act.on, act=act)
    ends = {pk: cost.end for pk, cost in facts.planned(subscription_ids).items()}
    report.renewed += len(ends)
    report.amount += written.net + written.tax
    return ends


def _renew_special(pk: int, report: Report, *, act: Act) -> None:
    try:
        with transaction.atomic():
            done = renewal.renew(subscription=Subscription.objects.get(pk=pk), act=act)
    except DomainError:
        return
    report.renewed += 1
    report.amount += done.amount


def _close(customer_ids: Sequence[int], report: Report, *, act: Act) -> None:
    """Close the lines whose time and grace are over, inside the company's suspension hours."""
    company, zone = Company.current(), clock.zone()
    found = statements.read(_OPEN, [act.on, list(customer_ids)])
    hour = act.at.astimezone(zone).hour
    may = company.suspend_from_hour <= hour < company.suspend_until_hour
    decisions = {}
    for pk, expiry, balance in found:
        closes = rules.closes_at(expiry, grace_hours=company.prepaid_grace_hours, zone=zone)
        if may and closes <= act.at:
            decisions[pk] = {
                "expired_on": expiry.isoformat(),
                "grace_hours": company.prepaid_grace_hours,
                "closes_at": closes.isoformat(),
                "balance": f"{balance:f}",
            }
    report.waiting += len(found) - len(decisions)
    if not decisions:
        return
    trail.begin(act=act.because(OVER))
    done = access.suspend_many(
        subscription_ids=list(decisions),
        kind=Suspension.Kind.PREPAID,
        is_billed=False,
        decisions=decisions,
        act=act.because(OVER),
        on=act.on,
    )
    prepaid_notices.over(done, at=act.at)
    report.closed += len(done)


def _chunks_of_services(expires_on: date) -> list[list[int]]:
    ids = list(
        facts.services()
        .filter(schedule__billed_until=expires_on, status=Subscription.Status.ACTIVE)
        .order_by("customer_id", "pk")
        .values_list("pk", flat=True)
    )
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]


@transaction.atomic
def _remind(subscription_ids: list[int], *, days: int, on: date, at: datetime) -> int:
    costs = facts.costs(subscription_ids, on=on)
    rows = (
        facts.services()
        .filter(pk__in=list(costs))
        .order_by("customer_id", "schedule__billed_until", "pk")
    )
    left: dict[int, Decimal] = {}
    missing = {}
    for pk, customer, balance in rows.values_list(
        "pk", "customer_id", "customer__account_state__balance_amount"
    ):
        have = left.get(customer, -balance)
        if costs[pk].amount > max(have, Decimal(0)):
            missing[pk] = costs[pk].amount - have
        left[customer] = max(have - costs[pk].amount, Decimal(0))
    return prepaid_notices.low(missing, days=days, at=at)
