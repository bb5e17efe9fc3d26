"""Keeping the PPP profiles of packages on a router."""

from collections.abc import Sequence

from network.gateways.base import DesiredProfile, Outcome, RouterRejected, Status
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


def ensure(link: Link, desired_states: Sequence[DesiredProfile]) -> list[Outcome]:
    """Make the desired profiles; change those with our comment (or `may_adopt`) that differ."""
    before = _profiles(link)
    outcomes = [_ensure(link, desired, before.get(desired.name)) for desired in desired_states]
    if all(outcome.status in (Status.UNCHANGED, Status.NOT_OURS) for outcome in outcomes):
        return outcomes
    after = _profiles(link)
    return [
        _verified(desired, outcome, after.get(desired.name))
        for desired, outcome in zip(desired_states, outcomes, strict=True)
    ]


def _profiles(link: Link) -> dict[str, Row]:
    rows = (dict(zip(_COLUMNS, row, strict=True)) for row in link.rows(MENU, _COLUMNS))
    return {row["name"]: row for row in rows}


def _ensure(link: Link, desired: DesiredProfile, row: Row | None) -> Outcome:
    if row is None:
        words = [f"={name}={value}" for name, value in _wanted(desired).items() if value]
        return _ordered(
            link,
            desired,
            Status.CREATED,
            "add",
            f"=name={desired.name}",
            *words,
            f"=comment={MARK}",
        )
    changes = {
        name: value for name, value in _wanted(desired).items() if _differs(name, row, value)
    }
    if not changes:
        return Outcome(name=desired.name, status=Status.UNCHANGED)
    if not (row["comment"].startswith(MARK) or desired.may_adopt):
        return Outcome(
            name=desired.name,
            status=Status.NOT_OURS,
            detail=f"a profile of this name differs in {', '.join(changes)}",
        )
    words = [f"={name}={value}" for name, value in changes.items()]
    return _ordered(link, desired, Status.CHANGED, "set", f"=.id={row['.id']}", *words)


def _ordered(
    link: Link, desired: DesiredProfile, status: Status, verb: str, *words: str
) -> Outcome:
    try:
        link.ask(f"{MENU}/{verb}", *words)
    except RouterRejected as error:
        return Outcome(name=desired.name, status=Status.FAILED, detail=error.detail)
    return Outcome(name=desired.name, status=status)


def _verified(desired: DesiredProfile, outcome: Outcome, row: Row | None) -> Outcome:
    if outcome.status is Status.NOT_OURS:
        return outcome
    is_kept = row is not None and not any(
        _differs(name, row, value) for name, value in _wanted(desired).items()
    )
    if is_kept and outcome.status is Status.FAILED:  # somebody else made the very same one
        return Outcome(name=desired.name, status=Status.UNCHANGED)
    if is_kept:
        return outcome
    detail = outcome.detail or "the router did not keep the change"
    return Outcome(name=desired.name, status=Status.FAILED, detail=detail)


def _wanted(desired: DesiredProfile) -> Row:
    wanted = {
        "rate-limit": desired.rate_limit,
        "local-address": desired.local_address,
        "remote-address": desired.remote_address,
        "address-list": desired.address_list,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _differs(name: str, row: Row, value: str) -> bool:
    if name == "rate-limit":
        return not rate_limit.is_same(row[name], value)
    return row[name] != value
