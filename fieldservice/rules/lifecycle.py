"""Which moves a work order makes, and who makes them. The database holds the same list."""

from __future__ import annotations

PENDING, ASSIGNED, EN_ROUTE, IN_PROGRESS = "PENDING", "ASSIGNED", "EN_ROUTE", "IN_PROGRESS"
COMPLETED, FAILED, CANCELLED = "COMPLETED", "FAILED", "CANCELLED"

SENT_OUT = frozenset({ASSIGNED, EN_ROUTE, IN_PROGRESS})

VERBS: dict[str, frozenset[str]] = {
    "assign": frozenset({PENDING, ASSIGNED, FAILED}),
    "unassign": frozenset({ASSIGNED, FAILED}),
    "start": frozenset({ASSIGNED}),
    "turn_back": frozenset({EN_ROUTE}),
    "arrive": frozenset({ASSIGNED, EN_ROUTE}),
    "complete": frozenset({IN_PROGRESS}),
    "fail": frozenset({ASSIGNED, EN_ROUTE, IN_PROGRESS}),
    "cancel": frozenset({PENDING, ASSIGNED, EN_ROUTE, FAILED}),
}
"""From which states each verb may be said."""


def may(verb: str, state: str) -> bool:
    """Tell whether an order in this state takes the verb."""
    return state in VERBS[verb]


def possible(state: str) -> frozenset[str]:
    """Return the verbs an order in this state takes."""
    return frozenset(verb for verb, states in VERBS.items() if state in states)
