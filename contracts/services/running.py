"""What time does with contracts: they begin, lapse, are renewed, expire, are reminded of."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from contracts.models import Contract
from contracts.queries import rests
from contracts.rules import lifecycle, terms
from contracts.services import announcing, history, leaving_terms, renewal
from customers.models import Subscription, Suspension
from ispbill.audit.services import trail
from ispbill.audit.services.jobs import Tally
from ispbill.core.acts import Act
from ispbill.core.models import Company

_FARTHEST_DAYS = 200  # before the end: 80 business days lie within, of weeks with three of rest


def follow(*, act: Act) -> Tally:
    """Do all that the day asks for, one transaction a contract; again changes nothing more."""
    done = sum((lapse(act=act), begin_due(act=act), freeze(act=act)))
    done += end_terms(act=act) + tell(act=act)
    return Tally(processed=done + remind(act=act) + tell_ended(act=act))


def begin_due(*, act: Act) -> int:
    """Put signed contracts into force whose first day has come and whose service is in use."""
    rows = Contract.objects.filter(
        state=lifecycle.SIGNED,
        starts_on__lte=act.on,
        subscription__status__in=[Subscription.Status.ACTIVE, Subscription.Status.SUSPENDED],
    )
    return sum(_each(rows, begin_if_due, act=act))


def begin_if_due(contract: Contract, *, act: Act) -> bool:
    """Put a held contract into force if it is time; the one it supersedes ends."""
    service = contract.subscription
    if contract.state != lifecycle.SIGNED or contract.starts_on > act.on:
        return False
    if service.status not in (Subscription.Status.ACTIVE, Subscription.Status.SUSPENDED):
        return False
    for old in Contract.objects.filter(subscription=service, state=lifecycle.ACTIVE):
        held = history.lock(old)
        held.ended_on, held.over_at, held.cause = act.on, act.at, Contract.Cause.SUPERSEDED
        held.is_end_told = True
        history.move(held, lifecycle.TERMINATED, act=act, cause="SUPERSEDED")
    history.move(contract, lifecycle.ACTIVE, act=act)
    leaving_terms.note(contract, act=act)
    return True


def lapse(*, act: Act) -> int:
    """Let go of what nobody signed within sixty days."""
    before = act.at - timedelta(days=lifecycle.LAPSES_AFTER_DAYS)
    rows = Contract.objects.filter(state=lifecycle.SENT, sent_at__lte=before)
    return sum(_each(rows, _lapse, act=act))


def freeze(*, act: Act) -> int:
    """Move term and minimum of contracts in force by the days of pauses that are over.

    Only pauses at the customer's request count, and each of their days once.
    """
    paused = Suspension.objects.filter(
        subscription=OuterRef("subscription"),
        kind=Suspension.Kind.CUSTOMER_REQUEST,
        ended_at__isnull=False,
    )
    rows = Contract.objects.filter(Exists(paused), state=lifecycle.ACTIVE)
    return sum(_each(rows, _freeze, act=act))


def end_terms(*, act: Act) -> int:
    """Renew or end the contracts whose term is over."""
    rows = Contract.objects.filter(state=lifecycle.ACTIVE, ends_on__lte=act.on)
    return sum(_each(rows, renewal.end_term, act=act))


def tell(*, act: Act) -> int:
    """Tell twice before a term is over what comes then."""
    rows = Contract.objects.filter(
        state=lifecycle.ACTIVE,
        is_monthly=False,
        ends_on__gt=act.on,
        ends_on__lte=act.on + timedelta(days=_FARTHEST_DAYS),
    )
    return sum(_each(rows, _tell, act=act))


def remind(*, act: Act) -> int:
    """Remind on days 3, 7 and 12 of a contract that waits to be signed."""
    rows = Contract.objects.filter(
        state=lifecycle.SENT,
        reminded_times__lt=len(lifecycle.REMINDED_AFTER_DAYS),
        link_expires_at__gt=act.at,
    )
    return sum(_each(rows, _remind, act=act))


def tell_ended(*, act: Act) -> int:
    """Write the step of contracts that ended with their service, and tell the customer."""
    rows = Contract.objects.filter(state=lifecycle.TERMINATED, is_end_told=False)
    return sum(_each(rows, _tell_ended, act=act))


def _each(rows, deed, *, act: Act):  # type: ignore[no-untyped-def]
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            trail.begin(act=act)
            yield bool(deed(history.lock(Contract(pk=pk)), act=act))


def _lapse(contract: Contract, *, act: Act) -> bool:
    if contract.state != lifecycle.SENT:
        return False
    contract.over_at, contract.link_digest = act.at, ""
    history.move(contract, lifecycle.LAPSED, act=act)
    return True


def _freeze(contract: Contract, *, act: Act) -> bool:
    pauses = Suspension.objects.filter(
        subscription_id=contract.subscription_id,
        kind=Suspension.Kind.CUSTOMER_REQUEST,
        ended_at__isnull=False,
    )
    spans = [(one.span.lower, one.span.upper) for one in pauses]
    days = sum(max((until - max(since, contract.starts_on)).days, 0) for since, until in spans)
    more = days - contract.frozen_days
    if more <= 0:
        return False
    contract.frozen_days = days
    contract.minimum_until = terms.frozen_for(contract.minimum_until, more)
    contract.ends_on += timedelta(days=more)
    contract.save(update_fields=["frozen_days", "minimum_until", "ends_on"])
    history.step(contract, "frozen", act=act, days=more, ends_on=contract.ends_on)
    leaving_terms.note(contract, act=act)
    return True


def _tell(contract: Contract, *, act: Act) -> bool:
    first, last = terms.telling_on(
        contract.ends_on, country=Company.current().phone_region, rests=rests.of_contract(contract)
    )
    is_told = contract.told_ending_on == contract.ends_on
    if act.on < first or (is_told and act.on < last):
        return False
    days = (contract.ends_on - (first if act.on < last else last)).days
    count = announcing.expiring(contract, days=days, at=act.at)
    if count:
        contract.told_ending_on = contract.ends_on
        contract.save(update_fields=["told_ending_on"])
        history.step(contract, "told_of_end", act=act, ends_on=contract.ends_on)
    return bool(count)


def _remind(contract: Contract, *, act: Act) -> bool:
    if contract.sent_at is None or contract.link_expires_at is None:
        return False
    since = contract.link_expires_at - timedelta(days=lifecycle.LINK_DAYS)
    passed = (act.at - since).days
    due = sum(1 for days in lifecycle.REMINDED_AFTER_DAYS if days <= passed)
    if due <= contract.reminded_times:
        return False
    contract.reminded_times = due
    contract.save(update_fields=["reminded_times"])
    history.step(contract, "reminded", act=act)
    announcing.reminded(contract, at=act.at)
    return True


def _tell_ended(contract: Contract, *, act: Act) -> bool:
    contract.is_end_told = True
    contract.save(update_fields=["is_end_told"])
    history.step(contract, "terminated", act=act, cause=contract.cause, ended_on=contract.ended_on)
    history.record(contract, "terminated", act=act, after={"cause": contract.cause})
    announcing.ended(contract, at=act.at)
    return True
