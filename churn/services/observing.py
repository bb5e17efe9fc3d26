"""Keeps what was known of everybody on the first of each month, and later whether they left.

Months before the product was asked are caught up, as far back as it remembers: what was known then
is asked as of then. The outcome is known ninety days later; of those who stayed a share is kept,
which weighs for all.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import F, Min, Q

from churn.models import ChurnEpisode, ChurnObservation, ChurnSettings
from churn.queries import leaving, vectors
from churn.rules import gates
from customers.models import Subscription, Suspension
from ispbill.audit.services.jobs import Progress, Tally
from ispbill.core import clock, locks

MOST_MONTHS = 24  # looked back
MOST_STAYERS = 20_000  # kept of a month
_HORIZON = timedelta(days=gates.HORIZON)
_LOOKED_AT_FROM = timedelta(days=30)  # after the first day in use (`vectors.known`)
_AT_ONCE = 2_000
Leaving = Subscription.Leaving
_BY_US = (Suspension.Kind.FRAUD, Suspension.Kind.POLICY)
_NO_CHOICE = (Leaving.MOVED, Leaving.DIED, Leaving.BY_US)


def follow(*, at: datetime, progress: Progress | None = None) -> Tally:
    """Note what was known of months that are missing, and the outcome of those that are over."""
    on = clock.local_date(at)
    with locks.only_one("churn.observations") as is_free:
        if not is_free:
            return Tally()
        noted = sum(_note(month, progress) for month in _missing(on))
        told = sum(_tell(month) for month in _mature(on))
    return Tally(processed=0 if progress else noted, detail={"noted": noted, "outcomes": told})


def _missing(on: date) -> Iterator[date]:
    """Return the firsts of months of which nothing is noted, the oldest first."""
    first = Subscription.objects.aggregate(first=Min("activated_on"))["first"]
    there = set(ChurnObservation.objects.values_list("month", flat=True).distinct())
    month, months = on.replace(day=1), []
    for _back in range(MOST_MONTHS):
        if first is None or month < first + _LOOKED_AT_FROM:
            break
        if month not in there:
            months.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return reversed(months)


def _note(month: date, progress: Progress | None) -> int:
    """Write down what was known of everybody at the first moment of a month."""
    count = 0
    with transaction.atomic():  # a month is there whole or not at all
        for part in vectors.known(at=clock.midnight(month), on=month, zone=str(clock.zone())):
            ChurnObservation.objects.bulk_create(
                ChurnObservation(customer_id=one.customer_id, month=month, vector=one.vector)
                for one in part
            )
            count += len(part)
    if progress is not None:
        progress.advance(processed=count)
    return count


def _mature(on: date) -> list[date]:
    """Return the months whose outcome can be told and was not."""
    waiting = ChurnObservation.objects.filter(has_left=None, is_dropped=False)
    months = waiting.values_list("month", flat=True).distinct().order_by("month")
    return [month for month in months if leaving.is_known(month, on=on)]


@transaction.atomic
def _tell(month: date) -> int:
    """Write down who of a month left; drop whose going says nothing; keep a share of the others."""
    rows = ChurnObservation.objects.filter(month=month)
    customers = list(rows.filter(has_left=None).values_list("customer_id", flat=True))
    left: set[int] = set()
    for begin in range(0, len(customers), _AT_ONCE):
        part = customers[begin : begin + _AT_ONCE]
        left |= {one for one, _day in leaving.left([(customer, month) for customer in part])}
    rows.filter(customer_id__in=_not_by_choice(left, month)).update(is_dropped=True)
    rows.filter(customer_id__in=left, is_dropped=False).update(has_left=True)
    rows.filter(customer_id__in=_treated(month)).update(was_treated=True)
    stayed = rows.filter(has_left=None, is_dropped=False)
    stayers = list(stayed.values_list("customer_id", flat=True))
    share = min(1.0, MOST_STAYERS / len(stayers)) if stayers else 1.0
    if share < 1:
        kept = [one for one in stayers if _drawn(one, month) < share]
        stayed.exclude(customer_id__in=kept).delete()
        share = len(kept) / len(stayers)
    stayed.update(has_left=False, weight=1 / share)
    # Who was left alone stands for all at high risk, of whom those called teach nothing.
    weight = 100 / ChurnSettings.current().held_out_percent
    alone = set(_left_alone(month)) & set(customers)
    rows.filter(customer_id__in=alone, was_treated=False).update(weight=F("weight") * weight)
    return len(customers)


def _not_by_choice(left: set[int], month: date) -> set[int]:
    """Return who left because they moved away or died, or because we ended it."""
    until = month + timedelta(days=leaving.RESULT_DAYS)
    cut = Suspension.objects.filter(kind__in=_BY_US, span__startswith__gte=month)
    cut = cut.filter(customer_id__in=left, span__startswith__lt=until)
    gone = Subscription.objects.filter(
        customer_id__in=left,
        left_because__in=_NO_CHOICE,
        cancelled_on__gte=month,
        cancelled_on__lt=until,
    )
    return {
        customer for rows in (cut, gone) for customer in rows.values_list("customer_id", flat=True)
    }


def _treated(month: date) -> list[int]:
    """Return whom somebody may have talked into staying: an episode with outreach was open."""
    return _in_episodes(month, Q(is_held_out=False) | ~Q(override_reason=""))


def _left_alone(month: date) -> list[int]:
    """Return who was at high risk and drawn to be left alone."""
    return _in_episodes(month, Q(is_held_out=True))


def _in_episodes(month: date, which: Q) -> list[int]:
    open_then = Q(ended_on=None) | Q(ended_on__gte=month)
    rows = ChurnEpisode.objects.filter(open_then, which, began_on__lt=month + _HORIZON)
    return list(rows.values_list("customer_id", flat=True))


def _drawn(customer_id: int, month: date) -> float:
    """Return a number in [0, 1) that is the same whenever it is asked for."""
    return int.from_bytes(sha256(f"{customer_id} {month}".encode()).digest()[:6]) / 2**48
