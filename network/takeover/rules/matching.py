"""Whose a user on a router is, told by what the router and we have in common."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

LAST_DIGITS = 10
_DIGITS = re.compile(r"\+?\d[\d \-]{8,18}\d")
_NUMBER = re.compile(r"CT-\d{4}-\d{5,}", re.IGNORECASE)
_MARK = re.compile(r"^ispbill:(\d+)")


class How(Enum):
    """By what they were matched, the surest first."""

    MARK = "mark"
    NAME = "name"
    SPELLING = "spelling"
    ADDRESS = "address"
    MAC = "mac"
    PHONE = "phone"
    NUMBER = "number"

    @property
    def is_certain(self) -> bool:
        return self in (How.MARK, How.NAME)


@dataclass(frozen=True)
class User:
    """A user as the router has it."""

    name: str
    comment: str = ""
    address: str = ""
    caller_id: str = ""


class Service(NamedTuple):
    """A service that has no line yet, and how its customer is known."""

    pk: int
    connection_id: str
    customer_number: str
    phones: tuple[str, ...] = ()
    address: str = ""
    mac: str = ""


@dataclass(frozen=True)
class Found:
    """`services` that fit: one is a match, several are ambiguous, none is nobody."""

    services: tuple[int, ...] = ()
    how: How | None = None


Index = Mapping[str, Sequence[int]]


def match(users: Iterable[User], services: Sequence[Service]) -> dict[str, Found]:
    """Return user name → what fits. One to one: a service two users fit is ambiguous for both."""
    tries: list[tuple[How, Callable[[User], list[str]], Index]] = [
        (How.MARK, _mark, _index(services, lambda one: [str(one.pk)])),
        (How.NAME, lambda user: [user.name], _index(services, lambda one: [one.connection_id])),
        (
            How.SPELLING,
            lambda user: [_loose(user.name)],
            _index(services, lambda one: [_loose(one.connection_id)]),
        ),
        (How.ADDRESS, lambda user: [user.address], _index(services, lambda one: [one.address])),
        (How.MAC, lambda user: [_mac(user.caller_id)], _index(services, lambda o: [_mac(o.mac)])),
        (
            How.PHONE,
            lambda user: phones_in(user.comment) + phones_in(user.name),
            _index(services, lambda one: [phone[-LAST_DIGITS:] for phone in one.phones]),
        ),
        (How.NUMBER, _numbers, _index(services, lambda one: [one.customer_number.upper()])),
    ]
    found = {user.name: _first(user, tries) for user in users}
    return _one_to_one(found)


def phones_in(text: str) -> list[str]:
    """Return the last ten digits of whatever looks like a phone number."""
    runs = (re.sub(r"\D", "", run) for run in _DIGITS.findall(text))
    return [run[-LAST_DIGITS:] for run in runs if len(run) >= LAST_DIGITS]


def written_phone(text: str) -> str:
    """Return the first thing in a text that looks like a phone number, as it is written."""
    found = _DIGITS.search(text)
    return found[0].strip() if found else ""


def name_in(comment: str, *, otherwise: str) -> str:
    """Return what is left of a comment as a person's name, or else the user's own name."""
    rest = _NUMBER.sub(" ", _DIGITS.sub(" ", _MARK.sub(" ", comment)))
    words = " ".join(rest.replace(",", " ").replace(";", " ").replace("|", " ").split()).strip(
        " -:"
    )
    return (words or otherwise)[:120]


def _first(user: User, tries: Iterable[tuple[How, Callable[[User], list[str]], Index]]) -> Found:
    for how, keys, index in tries:
        fitting = {pk for key in keys(user) if key for pk in index.get(key, ())}
        if fitting:
            return Found(tuple(sorted(fitting)), how)
    return Found()


def _one_to_one(found: dict[str, Found]) -> dict[str, Found]:
    """Where two users fit the same service, a certain one keeps it; else nobody is sure."""
    claims: dict[int, list[str]] = {}
    for name, one in found.items():
        if len(one.services) == 1:
            claims.setdefault(one.services[0], []).append(name)
    for names in claims.values():
        certain = [name for name in names if (how := found[name].how) and how.is_certain]
        keeps = certain[0] if len(certain) == 1 else ""
        for name in names if len(names) > 1 else []:
            if name != keeps:
                found[name] = Found((found[name].services[0],) * 2, found[name].how)
    return found


def _index(services: Iterable[Service], keys: Callable[[Service], Iterable[str]]) -> Index:
    index: dict[str, list[int]] = {}
    for one in services:
        for key in keys(one):
            if key:
                index.setdefault(key, []).append(one.pk)
    return index


def _mark(user: User) -> list[str]:
    found = _MARK.match(user.comment)
    return [found[1]] if found else []


def _numbers(user: User) -> list[str]:
    return [text.upper() for text in _NUMBER.findall(user.comment)]


def _loose(text: str) -> str:
    return "".join(text.split()).casefold()


def _mac(text: str) -> str:
    digits = re.sub(r"[^0-9A-Fa-f]", "", text).upper()
    return digits if len(digits) == 12 else ""
