"""Which moves a service may make. The database holds the same list (trigger in 0002_guards)."""

from __future__ import annotations

PENDING, ACTIVE, SUSPENDED, CANCELLED = "PENDING", "ACTIVE", "SUSPENDED", "CANCELLED"

MOVES: frozenset[tuple[str, str]] = frozenset(
    {
        (PENDING, ACTIVE),
        (PENDING, CANCELLED),
        (ACTIVE, SUSPENDED),
        (SUSPENDED, ACTIVE),
        (ACTIVE, CANCELLED),
        (SUSPENDED, CANCELLED),
    }
)


def may_move(was: str, becomes: str) -> bool:
    """Tell whether a service in state `was` may go to `becomes`."""
    return (was, becomes) in MOVES


def possible(status: str) -> frozenset[str]:
    """Return the verbs a service in this state takes: activate, suspend, reactivate, cancel."""
    verbs = {
        "activate": (status == PENDING),
        "suspend": (status == ACTIVE),
        "reactivate": (status == SUSPENDED),
        "cancel": may_move(status, CANCELLED),
    }
    return frozenset(verb for verb, is_possible in verbs.items() if is_possible)
