"""An answer that names nobody is kept apart from the question it answers.

Both have the day alone, not the moment, and nothing is written to the trail or to the customer's
facts: the two could be put together again by their times.
"""

from datetime import timedelta
from typing import TypeVar

from ispbill.core import clock
from ispbill.core.acts import Act
from tickets.models import Opinion, Survey

Row = TypeVar("Row", Survey, Opinion)

_SURVEY = ("resolver_id", "team_id", "category_id", "area_id", "branch_id", "asks_nps")
_OPINION = ("area_id", "branch_id")


def row_for(asked: Row, *, act: Act) -> Row:
    """Return the row an answer to `asked` (locked) is written to: itself, or one without names."""
    if not asked.is_anonymous:
        asked.answered_at = act.at
        return asked
    day = clock.midnight(act.on)
    asked.answered_at = day
    asked.save(update_fields=["answered_at"])
    copied = _SURVEY if isinstance(asked, Survey) else _OPINION
    return type(asked)(
        is_anonymous=True,
        asked_at=day,
        expires_at=day + timedelta(days=1),
        answered_at=day,
        **{name: getattr(asked, name) for name in copied},
    )
