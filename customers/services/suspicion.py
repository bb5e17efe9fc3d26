"""Pairs of accounts that may be one person: kept as they are found, and set aside by people."""

from collections.abc import Iterable

from django.db import transaction

from customers.models import Customer, DuplicatePair
from customers.queries.suspects import Suspected
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act


@transaction.atomic
def keep(*, found: Iterable[Suspected], act: Act) -> int:
    """Keep exactly these pairs, and mark whom they name; return how many marks changed.

    What somebody said of a pair stays with it for as long as it is found.
    """
    trail.begin(act=act.because(""))
    wanted = list(found)
    DuplicatePair.objects.bulk_create(
        (
            DuplicatePair(
                first_id=one.first,
                second_id=one.second,
                score=one.score,
                why=list(one.why),
                found_at=act.at,
            )
            for one in wanted
        ),
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["score", "why", "found_at"],
    )
    DuplicatePair.objects.filter(found_at__lt=act.at).delete()
    return _mark({pk for one in wanted for pk in (one.first, one.second)})


@transaction.atomic
def ignore(*, pair: DuplicatePair, act: Act[User]) -> DuplicatePair:
    """Set a pair aside until it is more alike than now. Raises ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    pair = (
        DuplicatePair.objects.select_for_update(of=("self",))
        .select_related("first", "second")
        .get(pk=pair.pk)
    )
    pair.ignored_score, pair.ignored_at = pair.score, act.at
    pair.ignored_by, pair.ignored_reason = act.actor, act.reason[:300]
    pair.save(update_fields=["ignored_score", "ignored_at", "ignored_by", "ignored_reason"])
    for one, other in ((pair.first, pair.second), (pair.second, pair.first)):
        events.record(
            act=act,
            action="customer.not_duplicate",
            target=one,
            customer_id=one.pk,
            after={"of": other.number, "score": pair.score},
        )
        _look_again(one)
    return pair


def _mark(wanted: set[int]) -> int:
    marked = set(Customer.objects.filter(is_duplicate_suspect=True).values_list("pk", flat=True))
    ignored = _ignored_alone(wanted)
    fresh, stale = (wanted - ignored) - marked, marked - (wanted - ignored)
    Customer.objects.filter(pk__in=fresh).update(is_duplicate_suspect=True)
    Customer.objects.filter(pk__in=stale).update(is_duplicate_suspect=False)
    return len(fresh) + len(stale)


def _ignored_alone(wanted: set[int]) -> set[int]:
    """Return those all of whose pairs somebody has set aside."""
    rows = DuplicatePair.objects.values_list("first", "second", "score", "ignored_score")
    waiting = {
        pk
        for first, second, score, ignored in rows
        if ignored is None or ignored < score
        for pk in (first, second)
    }
    return wanted - waiting


def _look_again(customer: Customer) -> None:
    if _ignored_alone({customer.pk}):
        customer.is_duplicate_suspect = False
        customer.save(update_fields=["is_duplicate_suspect"])
