"""Keeping the profiles of packages on a router: those of PPP and those of hotspot users.

A hotspot's profile has no comment: there ours are known by their name.
"""

from collections.abc import Sequence

from network.gateways.base import DesiredProfile, Outcome, RouterRejected, Status
from network.gateways.routeros_link import Link
from network.rules import rate_limit

PPP, HOTSPOT = "/ppp/profile", "/ip/hotspot/user/profile"
MARK = "ispbill"
_COLUMNS = {
    PPP: (
        ".id",
        "name",
        "rate-limit",
        "local-address",
        "remote-address",
        "address-list",
        "comment",
    ),
    HOTSPOT: (".id", "name", "rate-limit", "address-list"),
}

Row = dict[str, str]


def ensure(link: Link, desired_states: Sequence[DesiredProfile]) -> list[Outcome]:
    """Make the desired profiles; change those with our comment (or `may_adopt`) that differ."""
    outcomes: dict[int, Outcome] = {}
    for menu, is_hotspot in ((PPP, False), (HOTSPOT, True)):
        chosen = [one for one in desired_states if one.is_hotspot is is_hotspot]
        made = _ensure_menu(link, menu, chosen) if chosen else []
        outcomes |= {id(one): outcome for one, outcome in zip(chosen, made, strict=True)}
    return [outcomes[id(one)] for one in desired_states]


def _ensure_menu(link: Link, menu: str, desired_states: Sequence[DesiredProfile]) -> list[Outcome]:
    before = _profiles(link, menu)
    outcomes = [
        _ensure(link, menu, desired, before.get(desired.name)) for desired in desired_states
    ]
    if all(outcome.status in (Status.UNCHANGED, Status.NOT_OURS) for outcome in outcomes):
        return outcomes
    after = _profiles(link, menu)
    return [
        _verified(desired, outcome, after.get(desired.name))
        for desired, outcome in zip(desired_states, outcomes, strict=True)
    ]


def _profiles(link: Link, menu: str) -> dict[str, Row]:
    columns = _COLUMNS[menu]
    rows = (dict(zip(columns, row, strict=True)) for row in link.rows(menu, columns))
    return {row["name"]: row for row in rows}


def _ensure(link: Link, menu: str, desired: DesiredProfile, row: Row | None) -> Outcome:
    if row is None:
        words = [f"={name}={value}" for name, value in _wanted(desired).items() if value]
        mark = () if desired.is_hotspot else (f"=comment={MARK}",)
        name = f"=name={desired.name}"
        return _ordered(link, desired, Status.CREATED, f"{menu}/add", name, *words, *mark)
    changes = {
        name: value for name, value in _wanted(desired).items() if _differs(name, row, value)
    }
    if not changes:
        return Outcome(name=desired.name, status=Status.UNCHANGED)
    is_ours = row.get("comment", row["name"]).startswith(MARK)
    if not (is_ours or desired.may_adopt):
        return Outcome(
            name=desired.name,
            status=Status.NOT_OURS,
            detail=f"a profile of this name differs in {', '.join(changes)}",
        )
    words = [f"={name}={value}" for name, value in changes.items()]
    return _ordered(link, desired, Status.CHANGED, f"{menu}/set", f"=.id={row['.id']}", *words)


def _ordered(
    link: Link, desired: DesiredProfile, status: Status, command: str, *words: str
) -> Outcome:
    try:
        link.ask(command, *words)
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
    known = _COLUMNS[HOTSPOT if desired.is_hotspot else PPP]
    return {name: value for name, value in wanted.items() if value is not None and name in known}


def _differs(name: str, row: Row, value: str) -> bool:
    if name == "rate-limit":
        return not rate_limit.is_same(row[name], value)
    return row[name] != value
