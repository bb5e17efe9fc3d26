"""Pairs of accounts that may be one person, over all customers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, groupby
from operator import itemgetter

from django.db.models import F, Q, QuerySet

from customers.models import Customer, DuplicatePair
from customers.queries import directory, duplicates
from customers.rules import similarity
from customers.rules.similarity import Person
from ispbill.accounts.models import User
from ispbill.core import statements

# Who shares a value: phones meet second phones, the rest their own kind.
_SHARED = """
    WITH held AS (
        SELECT id, 'phone' AS kind, phone AS value FROM customers_customer c WHERE {living}
        UNION SELECT id, 'phone', alternate_phone FROM customers_customer c WHERE {living}
        UNION SELECT id, 'email', lower(email) FROM customers_customer c WHERE {living}
        UNION SELECT id, 'national_id', national_id_fingerprint
        FROM customers_customer c WHERE {living}
    )
    SELECT value, count(*), CASE WHEN count(*) <= %s THEN array_agg(id ORDER BY id) END
    FROM held WHERE value <> '' GROUP BY kind, value HAVING count(*) > 1
"""
_LIVING = "c.archived_at IS NULL AND c.status <> 'CANCELLED'"
_CHUNK = 2000
_SCORE = F("score")


@dataclass(frozen=True)
class Suspected:
    """Two accounts (ids, the smaller first) that may be one person."""

    first: int
    second: int
    score: int
    why: tuple[str, ...]


def pairs() -> Iterator[Suspected]:
    """Yield every pair of living accounts that is worth a look."""
    candidates, common = _sharing()
    candidates |= _alike_at_one_address()
    wanted = sorted(candidates)
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        people = _people({pk for pair in chunk for pk in pair})
        for first, second in chunk:
            why = similarity.reasons(people[first], people[second], common=common)
            points = similarity.score(why)
            if points >= similarity.WORTH_A_LOOK:
                yield Suspected(first, second, points, tuple(why))


def open_pairs(user: User, *, least: int = similarity.WORTH_A_LOOK) -> QuerySet[DuplicatePair]:
    """Return the pairs somebody should look at: both in this person's reach, not ignored."""
    mine = directory.visible_to(user).values("pk")
    seen = DuplicatePair.objects.filter(first__in=mine, second__in=mine, score__gte=least)
    not_ignored = Q(ignored_score__isnull=True) | Q(ignored_score__lt=_SCORE)
    named = seen.filter(not_ignored).select_related(
        "first__area", "first__account_state", "second__area", "second__account_state"
    )
    return named.order_by("-score", "pk")


def ignored_pairs(user: User) -> QuerySet[DuplicatePair]:
    """Return the pairs somebody has set aside, the latest first."""
    mine = directory.visible_to(user).values("pk")
    seen = DuplicatePair.objects.filter(first__in=mine, second__in=mine)
    named = seen.filter(ignored_score__gte=_SCORE).select_related(
        "first__area", "first__account_state", "second__area", "second__account_state"
    )
    return named.order_by("-ignored_at", "pk")


def _sharing() -> tuple[set[tuple[int, int]], set[str]]:
    """Return the pairs that share a value, and the values that too many accounts have."""
    found, common = set(), set()
    for value, _count, ids in statements.read(
        _SHARED.format(living=_LIVING), [similarity.MOST_SHARING]
    ):
        if ids is None:
            common.add(value)
        else:
            found |= set(combinations(ids, 2))
    return found, common


def _alike_at_one_address() -> set[tuple[int, int]]:
    """Return the pairs of one name at one address: area by area, which is what is held at once."""
    rows = duplicates.living().order_by("area_id", "pk")
    told = rows.values_list("area_id", "pk", "name", "address").iterator(chunk_size=5000)
    found: set[tuple[int, int]] = set()
    for _area, neighbours in groupby(told, key=itemgetter(0)):
        homes: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for _area_id, pk, name, address in neighbours:
            if key := similarity.address_key(address):
                homes[key].append((pk, name))
        for people in homes.values():
            if 1 < len(people) <= similarity.MOST_SHARING:
                found |= {
                    (one[0], other[0])
                    for one, other in combinations(people, 2)
                    if similarity.same_name(one[1], other[1])
                }
    return found


def _people(ids: Iterable[int]) -> dict[int, Person]:
    columns = ("name", "phone", "alternate_phone", "email", "national_id_fingerprint", "area_id")
    rows = Customer.objects.filter(pk__in=list(ids)).values_list("pk", *columns, "address")
    return {pk: Person(*values) for pk, *values in rows}
