"""Pages of lists by a signed cursor, bound to who asked and what for."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import Model, QuerySet

_SALT = "api.cursor"


class BadCursor(Exception):
    """The cursor is not ours, or belongs to another list."""


@dataclass(frozen=True)
class Page:
    """Rows of one page, newest first, and the cursor of the next ("" at the end)."""

    rows: list[Any]
    next_cursor: str

    def told(self, data: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the envelope of a list around its shapes."""
        return {
            "data": data,
            "next_cursor": self.next_cursor or None,
            "has_more": bool(self.next_cursor),
        }


def page(rows: QuerySet[Any, Any], *, limit: int, cursor: str, bound_to: str) -> Page:
    """Return a page; `bound_to` names the owner, the list and its filters. Raises BadCursor.

    New rows repeat or hide none: the cursor is the id of the last row shown.
    """
    mark = hashlib.sha256(bound_to.encode()).hexdigest()[:16]
    if cursor:
        try:
            before, found = signing.loads(cursor, salt=_SALT)
        except (signing.BadSignature, ValueError, TypeError) as error:
            raise BadCursor from error
        if found != mark:
            raise BadCursor
        rows = rows.filter(pk__lt=before)
    seen: list[Model] = list(rows.order_by("-pk")[: limit + 1])
    shown = seen[:limit]
    more = len(seen) > limit
    return Page(shown, signing.dumps([shown[-1].pk, mark], salt=_SALT) if more else "")
