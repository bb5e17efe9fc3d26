"""Which moves an order makes; the database holds the same list (`guards/keep_order_moves.sql`)."""

from __future__ import annotations

DRAFT, WAITING, SUBMITTED, SURVEY = "DRAFT", "WAITING", "SUBMITTED", "SURVEY"
ACCEPTED, SCHEDULED, INSTALLED, ACTIVE = "ACCEPTED", "SCHEDULED", "INSTALLED", "ACTIVE"
REJECTED, CANCELLED = "REJECTED", "CANCELLED"

MOVES: frozenset[tuple[str, str]] = frozenset(
    {
        (DRAFT, SUBMITTED),
        (DRAFT, WAITING),
        (WAITING, SUBMITTED),
        (WAITING, REJECTED),
        (WAITING, CANCELLED),
        (SUBMITTED, SURVEY),
        (SUBMITTED, ACCEPTED),
        (SUBMITTED, WAITING),
        (SUBMITTED, REJECTED),
        (SUBMITTED, CANCELLED),
        (SURVEY, ACCEPTED),
        (SURVEY, WAITING),
        (SURVEY, REJECTED),
        (SURVEY, CANCELLED),
        (ACCEPTED, SCHEDULED),
        (ACCEPTED, CANCELLED),
        (SCHEDULED, ACCEPTED),
        (SCHEDULED, INSTALLED),
        (SCHEDULED, CANCELLED),
        (INSTALLED, ACTIVE),
    }
)
OPEN = (WAITING, SUBMITTED, SURVEY, ACCEPTED, SCHEDULED, INSTALLED)
TO_DECIDE = (SUBMITTED, SURVEY)
UNDER_WAY = (ACCEPTED, SCHEDULED, INSTALLED)
_LADDER = (ACCEPTED, SCHEDULED, INSTALLED, ACTIVE)


def may_move(was: str, becomes: str) -> bool:
    """Tell whether an order in state `was` may go to `becomes`."""
    return (was, becomes) in MOVES


def possible(state: str) -> frozenset[str]:
    """Return the verbs of the office an order in this state takes."""
    verbs = {
        "accept": (state, ACCEPTED) in MOVES and state in TO_DECIDE,
        "survey": (state, SURVEY) in MOVES,
        "reject": (state, REJECTED) in MOVES,
        "cancel": (state, CANCELLED) in MOVES and state in UNDER_WAY,
    }
    return frozenset(verb for verb, is_possible in verbs.items() if is_possible)


def steps(was: str, becomes: str) -> tuple[str, ...]:
    """Return the states between acceptance and first bill an order passes, `becomes` the last.

    A job taken back leads from scheduled to accepted; otherwise there is no way back.
    """
    if (was, becomes) == (SCHEDULED, ACCEPTED):
        return (ACCEPTED,)
    if was not in _LADDER or becomes not in _LADDER:
        return ()
    return _LADDER[_LADDER.index(was) + 1 : _LADDER.index(becomes) + 1]
