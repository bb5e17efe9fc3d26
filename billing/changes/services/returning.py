"""Days a service was switched off without being billed: settled once, when it returns or ends.

Days no bill has reached are skipped for good. Days that were billed in advance are given back by
credit note where the kind says so; they stay held by their line, so that nobody can bill them
later. Days in use before the suspension that no bill had reached yet are billed now, because the
next run would bill the suspended days with them.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from billing.changes.services import activation, changing
from billing.dunning.queries import suspension_rules
from billing.invoices.models import Invoice, Schedule
from billing.invoices.queries import billed_lines
from billing.invoices.rules import credit_words
from billing.invoices.rules.giving_back import give_back
from billing.invoices.services import invoicing
from billing.ledger.services import account_states
from billing.pricing.models import DayException
from billing.pricing.queries import service_terms, tariffs
from billing.pricing.services import day_exceptions
from customers.models import Subscription, Suspension
from ispbill.audit.services import trail
from ispbill.core.acts import Act


def settle(*, subscription_ids: Sequence[int], on: date, act: Act) -> list[str]:
    """Settle the ended suspensions of these services; return the numbers of the credit notes.

    Belongs in the transaction of the return, with the customers' accounts locked. Settled is
    settled: again does nothing.
    """
    notes: list[str] = []
    ended = (
        Suspension.objects.filter(
            subscription__in=list(subscription_ids),
            ended_at__isnull=False,
            settled_at__isnull=True,
            is_billed=False,
        )
        .select_for_update(of=("self",))
        .order_by("subscription", "span", "pk")
    )
    for one in ended:
        if not one.span.isempty:
            _bill_before(one, on=on, act=act)
            _skip(one)
            if one.is_credited:
                notes += _credit(one, on=on, act=act)
        Suspension.objects.filter(pk=one.pk).update(settled_at=act.at)
    return notes


def settle_all(*, on: date, at: datetime) -> int:
    """Settle what returns by payment have left: suspensions that end by themselves.

    One transaction for each customer; running it again finds nothing. Returns how many notes.
    """
    waiting = (
        suspension_rules.unsettled().order_by("customer").values_list("customer", "subscription")
    )
    by_customer: dict[int, set[int]] = {}
    for customer_id, subscription_id in waiting:
        by_customer.setdefault(customer_id, set()).add(subscription_id)
    notes = 0
    for customer_id, services in by_customer.items():
        with transaction.atomic():
            reason = "days switched off are given back on return"
            trail.begin(act=Act(None, at, reason=reason))
            account_states.lock([customer_id])
            notes += len(
                settle(subscription_ids=sorted(services), on=on, act=Act(None, at, reason=reason))
            )
            account_states.refresh([customer_id])
    return notes


def _bill_before(one: Suspension, *, on: date, act: Act) -> None:
    """Bill the days in use before the suspension that no bill has reached."""
    schedule = Schedule.objects.filter(subscription=one.subscription_id).first()
    if schedule is None or schedule.billed_until is None:
        return
    if schedule.billed_until >= one.span.lower:
        return
    service = Subscription.objects.select_related("customer", "package").get(pk=one.subscription_id)
    if service.mode != Subscription.Mode.POSTPAID:
        return
    priced = tariffs.stretch(service, start=schedule.billed_until, end=one.span.lower, issued_on=on)
    lines = [activation.line_of(part, service) for part in priced]
    if sum(line.amount.gross for line in lines) > 0:
        invoicing.issue(
            customer=service.customer,
            lines=lines,
            kind=Invoice.Kind.ADJUSTMENT,
            due_date=on,
            on=on,
            act=act,
        )
    else:
        day_exceptions.note(
            subscription=service,
            kind=DayException.Kind.FREE,
            days=[(schedule.billed_until, one.span.lower)],
            act=act.because(""),
        )
    Schedule.objects.filter(pk=schedule.pk).update(billed_until=one.span.lower)


def _skip(one: Suspension) -> None:
    """Move the schedule past days no bill has reached; they can never be billed."""
    Schedule.objects.filter(
        subscription=one.subscription_id,
        billed_until__gte=one.span.lower,
        billed_until__lt=one.span.upper,
    ).update(billed_until=one.span.upper)


def _credit(one: Suspension, *, on: date, act: Act) -> list[str]:
    """Give back the days that were billed in advance; their lines go on holding them."""
    policy = service_terms.policy()
    held = billed_lines.holding(
        [one.subscription_id], start=one.span.lower, end=one.span.upper, item=None
    )
    backs = [(line, give_back(line.charged, line.days, policy)) for line in held]
    return changing.give_back(
        [(line, back) for line, back in backs if back is not None],
        on=on,
        act=act.because(
            _("Switched off, %(kind)s: %(reason)s")
            % {"kind": str(one.get_kind_display()).lower(), "reason": act.reason}
        ),
        is_told=True,
        cause=credit_words.paused(kind=one.kind, start=one.span.lower, end=one.span.upper),
    )
