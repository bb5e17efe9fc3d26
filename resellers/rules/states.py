"""Which way a reseller's state goes, what it needs, and what each kind of user may do."""

from collections.abc import Mapping

APPLIED, ACTIVE, SUSPENDED, CLOSED = "APPLIED", "ACTIVE", "SUSPENDED", "CLOSED"

_MOVES: Mapping[str, frozenset[str]] = {
    APPLIED: frozenset({ACTIVE, CLOSED}),
    ACTIVE: frozenset({SUSPENDED, CLOSED}),
    SUSPENDED: frozenset({ACTIVE, CLOSED}),
    CLOSED: frozenset(),
}

CUSTOMERS, COLLECT, MONEY, USERS = "CUSTOMERS", "COLLECT", "MONEY", "USERS"

# PARTNER all; CASHIER customers and collecting; COLLECTOR collecting, own areas; VIEWER looks.
_MAY: Mapping[str, frozenset[str]] = {
    "PARTNER": frozenset({CUSTOMERS, COLLECT, MONEY, USERS}),
    "CASHIER": frozenset({CUSTOMERS, COLLECT}),
    "COLLECTOR": frozenset({COLLECT}),
    "VIEWER": frozenset(),
}


def may_move(state: str, to: str) -> bool:
    """Tell whether a reseller goes from one state to another."""
    return to in _MOVES[state]


def may(rights: str, what: str) -> bool:
    """Tell whether a user of a reseller with these rights may do something."""
    return what in _MAY[rights]
