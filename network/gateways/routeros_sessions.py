"""Ending the PPP sessions of users whose secret has changed."""

from collections.abc import Sequence

from network.gateways.base import RouterRejected
from network.gateways.routeros_jobs import Job, chunks, named
from network.gateways.routeros_link import Link

ACTIVE = "/ppp/active"


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
    if not concerned:
        return
    sessions = sessions_of(link, list(concerned))
    for name in [name for name, row_id in sessions.items() if not row_id]:
        concerned[name].refusals.append("the session is still on line")
        del sessions[name]
    commands = [
        (f"{ACTIVE}/remove", f"=.id={','.join(ids)}") for ids in chunks([*sessions.values()])
    ]
    refused = [
        words
        for words, answer in zip(commands, link.pipeline(commands), strict=True)
        if isinstance(answer, RouterRejected)
    ]
    singles = [
        (f"{ACTIVE}/remove", f"=.id={one}")
        for _command, ids in refused
        for one in ids.removeprefix("=.id=").split(",")
    ]
    link.pipeline(singles)  # "no such item": the session has ended by itself
    if not sessions:
        return
    left = {(name, row_id) for name, row_id in sessions_of(link, list(sessions)).items()}
    for name, row_id in sessions.items():
        if (name, row_id) in left:
            concerned[name].refusals.append("the session is still on line")
        else:
            concerned[name].has_dropped_session = True


def sessions_of(link: Link, names: Sequence[str]) -> dict[str, str]:
    """Return user name → present id of the session, for those on line."""
    wanted = set(names)
    rows = link.rows(ACTIVE, (".id", "name"), named(names))
    return {name: row_id for row_id, name in rows if name in wanted}
