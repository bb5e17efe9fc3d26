"""Pairs and groups of accounts that may be one person, over all customers."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from customers.queries import duplicates
from customers.rules import similarity

_MOST_AT_ONE_ADDRESS = 60  # a tower block, not a household; comparing all with all says nothing

_SAME_COLUMN = """
    SELECT array_agg(id ORDER BY id), array_agg(number ORDER BY id), array_agg(name ORDER BY id)
    FROM customers_customer
    WHERE archived_at IS NULL AND status <> 'CANCELLED' AND {column} <> ''
    GROUP BY {column}
    HAVING count(*) > 1
    ORDER BY min(id)
"""
_COLUMNS = {"phone": "phone", "email": "email", "national_id": "national_id_fingerprint"}


@dataclass(frozen=True)
class Suspects:
    """Accounts that share something. `why` is phone, email, national_id or name_and_address."""

    why: str
    ids: tuple[int, ...]
    numbers: tuple[str, ...]
    names: tuple[str, ...]


def groups() -> Iterator[Suspects]:
    """Yield every group of living accounts that share phone, e-mail or national id, or whose
    names are alike at one address of one area.
    """
    for why, column in _COLUMNS.items():
        with connection.cursor() as cursor:
            cursor.execute(_SAME_COLUMN.format(column=column))
            for ids, numbers, names in cursor.fetchall():
                yield Suspects(why, tuple(ids), tuple(numbers), tuple(names))
    yield from _alike_at_one_address()


def _alike_at_one_address() -> Iterator[Suspects]:
    homes: dict[tuple[int, str], list[tuple[int, str, str]]] = defaultdict(list)
    rows = duplicates.living().order_by("pk").values_list("pk", "number", "name", "area", "address")
    for pk, number, name, area, address in rows.iterator(chunk_size=5000):
        key = similarity.address_key(address)
        if key:
            homes[(area, key)].append((pk, number, name))
    for people in homes.values():
        if 1 < len(people) <= _MOST_AT_ONE_ADDRESS:
            yield from _alike(people)


def _alike(people: list[tuple[int, str, str]]) -> Iterator[Suspects]:
    left = list(people)
    while left:
        first, *others = left
        same = [one for one in others if similarity.same_name(first[2], one[2])]
        if same:
            ids, numbers, names = zip(first, *same, strict=True)
            yield Suspects("name_and_address", ids, numbers, names)
        left = [one for one in others if one not in same]
