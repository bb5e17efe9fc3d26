"""Keeping the PPP profiles of packages on a router."""

from collections.abc import Sequence

from network.gateways.base import Outcome, ProfileWish, RouterRejected, Status
from network.gateways.routeros_link import Link
from network.rules import rate_limit

MENU = "/ppp/profile"
MARK = "ispbill"
_COLUMNS = (
    ".id",
    "name",
    "rate-limit",
    "local-address",
    "remote-address",
    "address-list",
    "comment",
)

Row = dict[str, str]


def ensure(link: Link, wishes: Sequence[ProfileWish]) -> list[Outcome]:
    """Make the wished profiles; change those with our comment (or `may_adopt`) that differ."""
    before = _profiles(link)
    outcomes = [_ensure(link, wish, before.get(wish.name)) for wish in wishes]
    if all(outcome.status in (Status.UNCHANGED, Status.NOT_OURS) for outcome in outcomes):
        return outcomes
    after = _profiles(link)
    return [
        _verified(wish, outcome, after.get(wish.name))
        for wish, outcome in zip(wishes, outcomes, strict=True)
    ]


def _profiles(link: Link) -> dict[str, Row]:
    rows = (dict(zip(_COLUMNS, row, strict=True)) for row in link.rows(MENU, _COLUMNS))
    return {row["name"]: row for row in rows}


def _ensure(link: Link, wish: ProfileWish, row: Row | None) -> Outcome:
    if row is None:
        words = [f"={name}={value}" for name, value in _wanted(wish).items() if value]
        return _ordered(
            link, wish, Status.CREATED, "add", f"=name={wish.name}", *words, f"=comment={MARK}"
        )
    changes = {name: value for name, value in _wanted(wish).items() if _differs(name, row, value)}
    if not changes:
        return Outcome(name=wish.name, status=Status.UNCHANGED)
    if not (row["comment"].startswith(MARK) or wish.may_adopt):
        return Outcome(
            name=wish.name,
            status=Status.NOT_OURS,
            detail=f"a profile of this name differs in {', '.join(changes)}",
        )
    words = [f"={name}={value}" for name, value in changes.items()]
    return _ordered(link, wish, Status.CHANGED, "set", f"=.id={row['.id']}", *words)


def _ordered(link: Link, wish: ProfileWish, status: Status, verb: str, *words: str) -> Outcome:
    try:
        link.ask(f"{MENU}/{verb}", *words)
    except RouterRejected as error:
        return Outcome(name=wish.name, status=Status.FAILED, detail=error.detail)
    return Outcome(name=wish.name, status=status)


def _verified(wish: ProfileWish, outcome: Outcome, row: Row | None) -> Outcome:
    if outcome.status is Status.NOT_OURS:
        return outcome
    is_kept = row is not None and not any(
        _differs(name, row, value) for name, value in _wanted(wish).items()
    )
    if is_kept and outcome.status is Status.FAILED:  # somebody else made the very same one
        return Outcome(name=wish.name, status=Status.UNCHANGED)
    if is_kept:
        return outcome
    detail = outcome.detail or "the router did not keep the change"
    return Outcome(name=wish.name, status=Status.FAILED, detail=detail)


def _wanted(wish: ProfileWish) -> Row:
    wanted = {
        "rate-limit": wish.rate_limit,
        "local-address": wish.local_address,
        "remote-address": wish.remote_address,
        "address-list": wish.address_list,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _differs(name: str, row: Row, value: str) -> bool:
    if name == "rate-limit":
        return not rate_limit.is_same(row[name], value)
    return row[name] != value
