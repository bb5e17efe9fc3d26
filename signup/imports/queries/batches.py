"""Imports as their pages show them."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import Count, QuerySet

from ispbill.accounts.access import may
from ispbill.accounts.models import User
from signup.imports.models import Import, ImportRow

_MOST_WORDS = 60


def visible_to(user: User) -> QuerySet[Import]:
    """Return the imports a person may see: whoever may import, all of them."""
    if not may(user, "customers.import"):
        return Import.objects.none()
    return Import.objects.select_related("created_by", "area", "package").defer("content")


def counts(batch: Import) -> dict[str, int]:
    """Return how many rows are in each state, and in all."""
    found = dict(batch.rows.order_by().values_list("state").annotate(Count("pk")))
    return {"ALL": sum(found.values()), **found}


def wrong(batch: Import) -> QuerySet[ImportRow]:
    """Return the rows that say something is wrong, in the order of the file."""
    return batch.rows.exclude(problems=[]).order_by("row_no")


def kinds(batch: Import) -> list[tuple[str, str, int]]:
    """Return what is wrong (code and message), and in how many rows, the commonest first."""
    found: Counter[tuple[str, str]] = Counter()
    for problems in wrong(batch).values_list("problems", flat=True).iterator(chunk_size=2000):
        found.update({(code, message) for _column, code, message in problems})
    return [(code, message, count) for (code, message), count in found.most_common()]


def unknown_words(batch: Import, name: str) -> list[tuple[str, int]]:
    """Return their words for areas or packages nobody here knows, the commonest first."""
    place = batch.mapping.get(name)
    if place is None:
        return []
    rows = batch.rows.filter(problems__contains=[[name, f"unknown_{name}"]])
    found: Counter[str] = Counter()
    for cells in _cells(rows):
        if place < len(cells):
            found[" ".join(cells[place].split())] += 1
    return found.most_common(_MOST_WORDS)


def _cells(rows: QuerySet[ImportRow]) -> Iterator[list[str]]:
    yield from rows.values_list("cells", flat=True).iterator(chunk_size=2000)
