"""The named filters a person finds above a list: the own ones, and those shown to all staff."""

from typing import NamedTuple

from ispbill.core import statements

_OFFERED = """
SELECT id, name, query, user_id FROM accounts_savedview
WHERE page = %s AND (user_id = %s OR is_shared) ORDER BY name, id
"""


class Kept(NamedTuple):
    """A saved view: its id, its name, the query string behind the question mark, whose it is."""

    pk: int
    name: str
    query: str
    user_id: int


def offered(*, user_id: int, page: str) -> tuple[Kept, ...]:
    """Return the saved views of a page, by name (by hand: every opening of the list asks)."""
    return tuple([Kept(*row) for row in statements.read(_OFFERED, [page, user_id])])
