"""Ending the sessions of users whose secret, or hotspot user, has changed."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from network.gateways.base import RouterRejected
from network.gateways.routeros_jobs import Job, chunks, named
from network.gateways.routeros_link import Link

ACTIVE = "/ppp/active"


class OnSession(Protocol):
    """A job whose user's sessions shall end."""

    refusals: list[str]
    has_dropped_session: bool


def drop(link: Link, jobs: Sequence[Job], in_doubt: frozenset[str]) -> None:
    """End the sessions of changed users, and any of a user who shall not be on line."""
    concerned = {
        job.desired.username: job
        for job in jobs
        if job.is_open
        and (
            job.needs_redial
            or job.desired.is_disabled
            or job.desired.is_absent
            or job.desired.username in in_doubt
        )
    }
    end(link, concerned, menu=ACTIVE, column="name")


def end(link: Link, concerned: Mapping[str, OnSession], *, menu: str, column: str) -> None:
    """End every session of these users; `column` is where the menu has the user's name."""
    if not concerned:
        return
    sessions = _sessions_of(link, list(concerned), menu=menu, column=column)
    for name in {name for name, row_id in sessions if not row_id}:
        concerned[name].refusals.append("the session is still on line")
    sessions = {(name, row_id) for name, row_id in sessions if row_id}
    ids = [row_id for _name, row_id in sorted(sessions)]
    commands = [(f"{menu}/remove", f"=.id={','.join(some)}") for some in chunks(ids)]
    refused = [
        words
        for words, answer in zip(commands, link.pipeline(commands), strict=True)
        if isinstance(answer, RouterRejected)
    ]
    singles = [
        (f"{menu}/remove", f"=.id={one}")
        for _command, some in refused
        for one in some.removeprefix("=.id=").split(",")
    ]
    link.pipeline(singles)  # "no such item": the session has ended by itself
    if not sessions:
        return
    names = sorted({name for name, _row_id in sessions})
    left = _sessions_of(link, names, menu=menu, column=column)
    for name, row_id in sessions:
        if (name, row_id) in left:
            concerned[name].refusals.append("the session is still on line")
        else:
            concerned[name].has_dropped_session = True


def _sessions_of(
    link: Link, names: Sequence[str], *, menu: str, column: str
) -> set[tuple[str, str]]:
    """Return (user name, present id of the session) of those on line."""
    wanted = set(names)
    queries = [word.replace("?name=", f"?{column}=", 1) for word in named(names)]
    rows = link.rows(menu, (".id", column), queries)
    return {(name, row_id) for row_id, name in rows if name in wanted}
