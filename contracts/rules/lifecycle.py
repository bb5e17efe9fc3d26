"""Which way a contract goes. The same moves stand in `guards/keep_contract_moves.sql`."""

DRAFT, SENT, SIGNED, ACTIVE = "DRAFT", "SENT", "SIGNED", "ACTIVE"
DECLINED, VOID, LAPSED = "DECLINED", "VOID", "LAPSED"
TERMINATED, EXPIRED = "TERMINATED", "EXPIRED"

MOVES: dict[str, frozenset[str]] = {
    DRAFT: frozenset({SENT, VOID}),
    SENT: frozenset({SIGNED, DECLINED, VOID, LAPSED}),
    SIGNED: frozenset({ACTIVE, TERMINATED}),
    ACTIVE: frozenset({TERMINATED, EXPIRED}),
}
BINDING = (SIGNED, ACTIVE)
LAPSES_AFTER_DAYS = 60
LINK_DAYS = 14
REMINDED_AFTER_DAYS = (3, 7, 12)
DELETED_AFTER_DAYS = 180  # what nobody signed


def may_go(state: str, to: str) -> bool:
    return to in MOVES.get(state, frozenset())
