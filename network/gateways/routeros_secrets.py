"""Bringing PPPoE secrets to a wanted state: read, compare, write in bulk, drop sessions, read back.

Order matters: the secret first, the session afterwards, or the customer redials into the old state
(disabling a secret does not end its session). Nothing here trusts an answer: what counts is what
the router shows when it is read again. Ids are looked up each time and never kept.
"""

from collections.abc import Sequence

from network.gateways import routeros_sessions
from network.gateways.base import DesiredSecret, Outcome, RouterRejected, Status, owner_of
from network.gateways.routeros_jobs import Found, Job, give, named
from network.gateways.routeros_link import Link
from network.gateways.routeros_wire import plain

MENU = "/ppp/secret"
_COLUMNS = (".id", "name", "profile", "disabled", "comment", "remote-address")

Words = tuple[str, ...]


def apply(
    link: Link, desired_states: Sequence[DesiredSecret], attempted: set[str]
) -> list[Outcome]:
    """Make the desired states true and return what became of each, in their order.

    Names are added to `attempted` before anything is written for them; names already in it lose
    their session even if their secret needs no change (an earlier attempt broke off).
    """
    names = [desired.username for desired in desired_states]
    jobs = {desired.username: Job(desired) for desired in desired_states}
    if len(jobs) != len(names):
        raise ValueError("two desired states for the same user")
    found = _secrets(link, names)
    for job in jobs.values():
        job.row = _own_row(job, found.get(job.desired.username, []))
    doable = [job for job in jobs.values() if job.status is Status.UNCHANGED]
    in_doubt = frozenset(attempted)
    _write(link, doable, attempted)
    routeros_sessions.drop(link, doable, in_doubt)
    if any(job.status is not Status.UNCHANGED or job.refusals for job in doable):
        _verify(link, doable)
    return [jobs[name].outcome() for name in names]


def _secrets(link: Link, names: Sequence[str]) -> dict[str, list[Found]]:
    wanted = set(names)
    found: dict[str, list[Found]] = {}
    for row_id, name, profile, disabled, comment, remote_address in link.rows(
        MENU, _COLUMNS, named(names)
    ):
        if name in wanted:
            secret = Found(row_id, name, profile, switch(disabled), comment, remote_address)
            found.setdefault(name, []).append(secret)
    return found


def _own_row(job: Job, rows: Sequence[Found]) -> Found | None:
    """Return the row the desired state is about; refuse rows of other people."""
    desired = job.desired
    if not rows:
        return None
    ours = [row for row in rows if owner_of(row.comment) == desired.owner]
    candidates = ours or (list(rows) if desired.may_adopt else [])
    if not candidates:
        job.status = Status.NOT_OURS
        comment = plain(rows[0].comment)
        job.refusals.append(f"a secret of this name has the comment “{comment}”")
        return None
    if len(candidates) > 1:
        job.status = Status.FAILED
        job.refusals.append("there is more than one secret of this name")
        return None
    if not candidates[0].id:  # an order without an id might hit anybody
        job.status = Status.FAILED
        job.refusals.append("the router does not tell the id of this secret")
        return None
    return candidates[0]


# --- writing -------------------------------------------------------------------------------------


def _write(link: Link, jobs: Sequence[Job], attempted: set[str]) -> None:
    adds: list[Job] = []
    removals: list[Job] = []
    unsets: list[Job] = []
    edits: dict[Words, list[Job]] = {}
    for job in jobs:
        if job.row is None:
            if not job.desired.is_absent and _has_password(job):
                adds.append(job)
        elif job.desired.is_absent:
            removals.append(job)
        else:
            words = _edit(job.desired, job.row)
            if words:
                edits.setdefault(words, []).append(job)
            if job.desired.remote_address == "" and job.row.remote_address:
                unsets.append(job)
    _mark(edits, unsets, removals)
    attempted |= {job.desired.username for job in jobs if job.status is not Status.UNCHANGED}
    _add(link, adds, attempted)
    give(link, [(f"{MENU}/set", words, group) for words, group in edits.items()])
    give(link, [(f"{MENU}/unset", ("=value-name=remote-address",), unsets)])
    give(link, [(f"{MENU}/remove", (), removals)])


def _has_password(job: Job) -> bool:
    """Refuse to make a user whose password only the router knew: anybody could dial in."""
    if not job.desired.password:
        job.status = Status.FAILED
        job.refusals.append("there is no such user, and its password is not known: set a new one")
    return bool(job.desired.password)


def _mark(edits: dict[Words, list[Job]], unsets: list[Job], removals: list[Job]) -> None:
    for group in (*edits.values(), unsets):
        for job in group:
            job.status = Status.CHANGED
    for job in removals:
        job.status = Status.REMOVED


def _edit(desired: DesiredSecret, row: Found) -> Words:
    """Return the words of a `set` that makes the row as desired, or nothing."""
    words: list[str] = []
    if row.profile != desired.profile:
        words.append(f"=profile={desired.profile}")
    if row.is_disabled != desired.is_disabled:
        words.append(f"=disabled={_yes(desired.is_disabled)}")
    if desired.is_password_new:
        words.append(f"=password={desired.password}")
    if desired.remote_address and row.remote_address != desired.remote_address:
        words.append(f"=remote-address={desired.remote_address}")
    if owner_of(row.comment) != desired.owner:
        words.append(f"=comment={_adopted(desired, row.comment)}")
    return tuple(words)


def _adopted(desired: DesiredSecret, comment: str) -> str:
    """Put our mark before what somebody wrote; the mark of another subscription goes."""
    rest = comment
    if owner_of(comment):
        rest = comment.partition(" ")[2]
    return f"{desired.mark} {rest}".strip()


def _add(link: Link, jobs: Sequence[Job], attempted: set[str]) -> None:
    for job in jobs:
        job.status = Status.CREATED
        attempted.add(job.desired.username)
    answers = link.pipeline([(f"{MENU}/add", *_new(job.desired)) for job in jobs])
    taken: list[Job] = []
    for job, answer in zip(jobs, answers, strict=True):
        if isinstance(answer, RouterRejected):
            if "already" in answer.detail:
                taken.append(job)
            else:
                job.refusals.append(answer.detail)
    if taken:
        _converge(link, taken)


def _converge(link: Link, jobs: Sequence[Job]) -> None:
    """Somebody made these secrets since we looked: change them instead, if they are ours."""
    found = _secrets(link, [job.desired.username for job in jobs])
    edits: dict[Words, list[Job]] = {}
    for job in jobs:
        job.status = Status.UNCHANGED
        job.row = _own_row(job, found.get(job.desired.username, []))
        if job.row is None:
            if job.is_open:  # refused because it exists, and yet not to be found
                job.refusals.append("the router did not keep the change")
            continue
        words = _edit(job.desired, job.row)
        if words:
            job.status = Status.CHANGED
            edits.setdefault(words, []).append(job)
    give(link, [(f"{MENU}/set", words, group) for words, group in edits.items()])


def _new(desired: DesiredSecret) -> Words:
    words = [
        f"=name={desired.username}",
        f"=password={desired.password}",
        "=service=pppoe",
        f"=profile={desired.profile}",
        f"=disabled={_yes(desired.is_disabled)}",
        f"=comment={desired.mark}",
    ]
    if desired.remote_address:
        words.append(f"=remote-address={desired.remote_address}")
    return tuple(words)


def _verify(link: Link, jobs: Sequence[Job]) -> None:
    """Read back; what is not as desired has failed, whatever the router answered."""
    found = _secrets(link, [job.desired.username for job in jobs])
    for job in jobs:
        if job.status in (Status.NOT_OURS, Status.FAILED):
            continue
        rows = found.get(job.desired.username, [])
        ours = [row for row in rows if owner_of(row.comment) == job.desired.owner]
        if job.desired.is_absent:
            is_kept = not ours
        else:
            is_kept = len(ours) == 1 and _is_as_desired(job.desired, ours[0])
        if not is_kept or job.refusals:
            job.status = Status.FAILED
            if not job.refusals:
                job.refusals.append("the router did not keep the change")


def _is_as_desired(desired: DesiredSecret, row: Found) -> bool:
    is_address_right = (
        desired.remote_address is None or row.remote_address == desired.remote_address
    )
    return (
        row.profile == desired.profile
        and row.is_disabled == desired.is_disabled
        and is_address_right
    )


def switch(text: str) -> bool | None:
    """Return a router's boolean; versions answer `true` or `yes`. None for anything else."""
    return {"true": True, "yes": True, "false": False, "no": False}.get(text)


def _yes(value: bool) -> str:
    return "yes" if value else "no"
