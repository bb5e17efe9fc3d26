"""Cut off customers who stay unpaid past the grace days, and open the line again once that is over.

The decision is taken inside the transaction that acts, with the customer's account locked, from
the same facts a payment changes under the same lock: a paid-up customer is never cut off.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection, transaction

from billing.dunning.queries import blocked, policies, suspension_rules
from billing.dunning.queries import dunning as facts
from billing.dunning.queries.dunning import Judged
from billing.dunning.queries.policies import InForce
from billing.dunning.services import steps
from billing.ledger.services import account_states
from customers.models import Suspension
from ispbill.audit.services import trail
from ispbill.audit.services.jobs import Progress
from ispbill.core import clock, faults, jobs
from ispbill.core.acts import Act
from ispbill.core.models import Company
from network.services import access, line_notices

CHUNK = 2_000


@dataclass
class Report:
    """What a suspension run did, or would do."""

    judged: int = 0
    suspended: int = 0
    left: dict[str, int] = field(default_factory=dict)  # reason → customers
    customers: list[Judged] = field(default_factory=list)


def suspend_overdue(
    *,
    on: date,
    act: Act,
    dry_run: bool = False,
    branch_id: int | None = None,
    customer_ids: Sequence[int] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Suspend the services of customers whose grace is over on company date `on`.

    One transaction per chunk of customers; running it again finds nothing left to do. Outside the
    company's suspension hours nothing is cut (a dry run still shows the customers who would be).
    """
    report = Report()
    if dry_run or not _may_cut_now(act.at):
        found = facts.judge(on=on, branch_id=branch_id, customer_ids=customer_ids)
        cut = _note(found, report)
        if dry_run:
            report.customers, report.suspended = cut, sum(len(one.subscription_ids) for one in cut)
        else:
            report.left["outside_hours"] = len(cut)
        return report
    in_force = policies.in_force(on=on)
    late = facts.past_due(
        on=on, branch_id=branch_id, customer_ids=customer_ids, grace_days=in_force.least_grace
    )
    if progress is not None:
        progress.total(len(late), step="suspensions")
    for chunk in _chunks(late):
        _suspend_chunk(chunk, report, on=on, act=act, in_force=in_force)
        if progress is not None:
            progress.advance(processed=len(chunk))
    return report


def _note(found: Sequence[Judged], report: Report) -> list[Judged]:
    """Count the customers who stay on line and why; return those who do not."""
    report.judged += len(found)
    cut = [judged for judged in found if judged.is_to_be_cut]
    for judged in found:
        if not judged.is_to_be_cut:
            report.left[judged.why_left] = report.left.get(judged.why_left, 0) + 1
    return cut


def reopen_if_clear(*, customer_id: int, act: Act) -> int:
    """Reactivate services cut off for non-payment once the company's condition is met.

    To be called in the transaction of the payment, with the customer's account locked. Returns
    how many services were reactivated; other kinds of suspension are never touched.
    """
    company = Company.current()
    if company.reactivation == Company.Reactivation.NEVER:
        return 0
    asks_debt = company.reactivation == Company.Reactivation.NOTHING_OVERDUE
    return _reopen_chunk([customer_id], asks_debt=asks_debt, act=act)


def reopen_cleared(*, at: datetime) -> int:
    """Reactivate everybody who is cut off for non-payment and owes nothing overdue that counts.

    Payments reopen by themselves; this finds what was cleared another way (a credit note, a later
    due date, another setting of which debts are ignored). Returns how many services were
    reactivated; nothing where staff reopen by hand.
    """
    if Company.current().reactivation == Company.Reactivation.NEVER:
        return 0
    cleared = blocked.cleared(on=clock.local_date(at), by_run=True)
    found = sorted({line.customer_id for line in cleared})
    return sum(
        _reopen_chunk(chunk, asks_debt=True, by_run=True, act=Act(None, at))
        for chunk in _chunks(found)
    )


@transaction.atomic
def _reopen_chunk(
    customer_ids: Sequence[int], *, asks_debt: bool, act: Act, by_run: bool = False
) -> int:
    on = clock.local_date(act.at)
    account_states.lock(customer_ids)
    asked = blocked.cleared if asks_debt else blocked.lines
    found = asked(on=on, customer_ids=customer_ids, by_run=by_run)
    if not found:
        return 0
    reason = "paid: no overdue amount that counts remains"
    trail.begin(act=act.because(reason))
    done = access.reactivate_many(
        subscription_ids=[line.subscription_id for line in found],
        act=Act(act.actor, act.at, reason=reason),
    )
    skip_unbilled_days(subscription_ids=done, on=on)
    # Not here: the payment that opens the line may still be on its way into the books.
    if suspension_rules.unsettled().filter(subscription__in=done).exists():
        jobs.after_commit("billing.settle_returns")
    account_states.refresh({line.customer_id for line in found})
    line_notices.tell_when_open(event="service_reactivated", subscription_ids=done, at=act.at)
    return len(done)


def reopen_if_settled(*, customer_id: int, act: Act) -> int:
    """Reactivate when a credit, a write-off or a voided invoice has left nothing that counts.

    These are no payments: under "on any payment" they open nothing while something is overdue.
    """
    if Company.current().reactivation == Company.Reactivation.NEVER:
        return 0
    return _reopen_chunk([customer_id], asks_debt=True, act=act)


def skip_unbilled_days(*, subscription_ids: Sequence[int], on: date) -> None:
    """Move schedules past days that were suspended without billing; they can never be billed.

    `on` is the first company date the services are in use again, or billed again. Suspensions
    that followed one another (the kind was changed) are passed one by one.
    """
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                """
                UPDATE billing_schedule h SET billed_until = upper(p.span)
                FROM customers_suspension p
                WHERE h.subscription_id = ANY(%(ids)s) AND p.subscription_id = h.subscription_id
                  AND NOT p.is_billed AND h.billed_until < %(on)s
                  AND p.span @> h.billed_until AND upper(p.span) <= %(on)s
                """,
                {"ids": list(subscription_ids), "on": on},
            )
            if not cursor.rowcount:
                return


@transaction.atomic
def _suspend_chunk(
    customer_ids: Sequence[int], report: Report, *, on: date, act: Act, in_force: InForce
) -> None:
    account_states.lock(customer_ids)
    found = facts.judge(on=on, customer_ids=customer_ids, in_force=in_force)
    cut = _note(found, report)
    if not cut:
        return
    reason = "unpaid past the days of grace"
    trail.begin(act=act.because(reason))
    decided = {judged.customer_id: judged.decision.as_dict() for judged in cut}
    decisions = {
        subscription_id: decided[judged.customer_id]
        for judged in cut
        for subscription_id in judged.subscription_ids
    }
    rule = suspension_rules.of(Suspension.Kind.NON_PAYMENT)
    done = access.suspend_many(
        subscription_ids=list(decisions),
        kind=Suspension.Kind.NON_PAYMENT,
        is_billed=rule.is_billed,
        is_credited=rule.is_credited,
        decisions=decisions,
        act=act.because(reason),
        on=on,
    )
    steps.note_cuts(cut, decided, on=on, at=act.at)
    line_notices.tell(event="service_suspended", subscription_ids=done, at=act.at, reason=reason)
    faults.point("billing.suspend.before_commit")
    report.suspended += len(done)


def _chunks(customer_ids: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(customer_ids), CHUNK):
        yield list(customer_ids[start : start + CHUNK])


def _may_cut_now(at: datetime) -> bool:
    company = Company.current()
    hour = at.astimezone(clock.zone()).hour
    return company.suspend_from_hour <= hour < company.suspend_until_hour
