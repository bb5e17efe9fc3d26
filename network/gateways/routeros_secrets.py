"""Bringing PPPoE secrets to a wanted state: read, compare, write in bulk, drop sessions, read back.

Order matters: the secret first, the session afterwards, or the customer redials into the old state
(disabling a secret does not end its session). Nothing here trusts an answer: what counts is what
the router shows when it is read again. Ids are looked up each time and never kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from network.gateways.base import Outcome, RouterRejected, SecretWish, Status, owner_of
from network.gateways.routeros_link import Link
from network.gateways.routeros_wire import plain

MENU = "/ppp/secret"
ACTIVE = "/ppp/active"
IDS_PER_COMMAND = 100
NAMES_PER_QUERY = 30
_COLUMNS = (".id", "name", "profile", "disabled", "comment", "remote-address")

Words = tuple[str, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """A secret on the router, with the id it has at this moment.

    `is_disabled` None: the router said neither yes nor no, so it is never as wished.
    """

    id: str
    name: str
    profile: str
    is_disabled: bool | None
    comment: str
    remote_address: str


@dataclass
class Job:
    """What has to be done for one wish; `refusals` are the router's words."""

    wish: SecretWish
    status: Status = Status.UNCHANGED
    row: Found | None = None
    refusals: list[str] = field(default_factory=list)
    has_dropped_session: bool = False

    @property
    def needs_redial(self) -> bool:
        return self.wish.drop_session or self.status in (Status.CHANGED, Status.REMOVED)

    @property
    def is_open(self) -> bool:
        """Whether nothing stands in the way so far."""
        return not self.refusals and self.status not in (Status.NOT_OURS, Status.FAILED)

    def outcome(self) -> Outcome:
        return Outcome(
            name=self.wish.username,
            status=self.status,
            detail="; ".join(dict.fromkeys(self.refusals)),
            has_dropped_session=self.has_dropped_session,
        )


def apply(link: Link, wishes: Sequence[SecretWish], attempted: set[str]) -> list[Outcome]:
    """Make the wishes true and return what became of each, in their order.

    Names are added to `attempted` before anything is written for them; names already in it lose
    their session even if their secret needs no change (an earlier attempt broke off).
    """
    names = [wish.username for wish in wishes]
    jobs = {wish.username: Job(wish) for wish in wishes}
    if len(jobs) != len(names):
        raise ValueError("two wishes for the same user")
    found = _secrets(link, names)
    for job in jobs.values():
        job.row = _own_row(job, found.get(job.wish.username, []))
    doable = [job for job in jobs.values() if job.status is Status.UNCHANGED]
    in_doubt = frozenset(attempted)
    _write(link, doable, attempted)
    _drop_sessions(link, doable, in_doubt)
    if any(job.status is not Status.UNCHANGED or job.refusals for job in doable):
        _verify(link, doable)
    return [jobs[name].outcome() for name in names]


def _secrets(link: Link, names: Sequence[str]) -> dict[str, list[Found]]:
    queries: list[str] = []
    if len(names) <= NAMES_PER_QUERY:
        queries = [f"?name={name}" for name in names] + ["?#|"] * (len(names) - 1)
    wanted = set(names)
    found: dict[str, list[Found]] = {}
    for row_id, name, profile, disabled, comment, remote_address in link.rows(
        MENU, _COLUMNS, queries
    ):
        if name in wanted:
            secret = Found(row_id, name, profile, switch(disabled), comment, remote_address)
            found.setdefault(name, []).append(secret)
    return found


def _own_row(job: Job, rows: Sequence[Found]) -> Found | None:
    """Return the row the wish is about; refuse rows of other people."""
    wish = job.wish
    if not rows:
        return None
    ours = [row for row in rows if owner_of(row.comment) == wish.owner]
    candidates = ours or (list(rows) if wish.may_adopt else [])
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
            if not job.wish.is_absent:
                adds.append(job)
        elif job.wish.is_absent:
            removals.append(job)
        else:
            words = _edit(job.wish, job.row)
            if words:
                edits.setdefault(words, []).append(job)
            if job.wish.remote_address == "" and job.row.remote_address:
                unsets.append(job)
    _mark(edits, unsets, removals)
    attempted |= {job.wish.username for job in jobs if job.status is not Status.UNCHANGED}
    _add(link, adds, attempted)
    _many(link, [(f"{MENU}/set", words, group) for words, group in edits.items()])
    _many(link, [(f"{MENU}/unset", ("=value-name=remote-address",), unsets)])
    _many(link, [(f"{MENU}/remove", (), removals)])


def _mark(edits: dict[Words, list[Job]], unsets: list[Job], removals: list[Job]) -> None:
    for group in (*edits.values(), unsets):
        for job in group:
            job.status = Status.CHANGED
    for job in removals:
        job.status = Status.REMOVED


def _edit(wish: SecretWish, row: Found) -> Words:
    """Return the words of a `set` that makes the row as wished, or nothing."""
    words: list[str] = []
    if row.profile != wish.profile:
        words.append(f"=profile={wish.profile}")
    if row.is_disabled != wish.is_disabled:
        words.append(f"=disabled={_yes(wish.is_disabled)}")
    if wish.is_password_new:
        words.append(f"=password={wish.password}")
    if wish.remote_address and row.remote_address != wish.remote_address:
        words.append(f"=remote-address={wish.remote_address}")
    if owner_of(row.comment) != wish.owner:
        words.append(f"=comment={_adopted(wish, row.comment)}")
    return tuple(words)


def _adopted(wish: SecretWish, comment: str) -> str:
    """Put our mark before what somebody wrote; the mark of another subscription goes."""
    rest = comment
    if owner_of(comment):
        rest = comment.partition(" ")[2]
    return f"{wish.mark} {rest}".strip()


def _add(link: Link, jobs: Sequence[Job], attempted: set[str]) -> None:
    for job in jobs:
        job.status = Status.CREATED
        attempted.add(job.wish.username)
    answers = link.pipeline([(f"{MENU}/add", *_new(job.wish)) for job in jobs])
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
    found = _secrets(link, [job.wish.username for job in jobs])
    edits: dict[Words, list[Job]] = {}
    for job in jobs:
        job.status = Status.UNCHANGED
        job.row = _own_row(job, found.get(job.wish.username, []))
        if job.row is None:
            if job.is_open:  # refused because it exists, and yet not to be found
                job.refusals.append("the router did not keep the change")
            continue
        words = _edit(job.wish, job.row)
        if words:
            job.status = Status.CHANGED
            edits.setdefault(words, []).append(job)
    _many(link, [(f"{MENU}/set", words, group) for words, group in edits.items()])


def _new(wish: SecretWish) -> Words:
    words = [
        f"=name={wish.username}",
        f"=password={wish.password}",
        "=service=pppoe",
        f"=profile={wish.profile}",
        f"=disabled={_yes(wish.is_disabled)}",
        f"=comment={wish.mark}",
    ]
    if wish.remote_address:
        words.append(f"=remote-address={wish.remote_address}")
    return tuple(words)


def _many(link: Link, orders: Sequence[tuple[str, Words, list[Job]]]) -> None:
    """Give orders by lists of ids; a refused list is tried again one by one."""
    commands: list[Words] = []
    groups: list[list[Job]] = []
    for command, order_words, jobs in orders:
        for group in _chunks(jobs):
            ids = ",".join(_id(job) for job in group)
            commands.append((command, f"=.id={ids}", *order_words))
            groups.append(group)
    singles: list[tuple[Words, Job]] = []
    for command_words, group, answer in zip(commands, groups, link.pipeline(commands), strict=True):
        if isinstance(answer, RouterRejected):
            name, _ids, *rest = command_words
            singles += [((name, f"=.id={_id(job)}", *rest), job) for job in group]
    answers = link.pipeline([words for words, _job in singles])
    for (words, job), answer in zip(singles, answers, strict=True):
        if not isinstance(answer, RouterRejected):
            continue
        is_gone_anyway = words[0].endswith("/remove") and "no such item" in answer.detail
        if not is_gone_anyway:
            job.refusals.append(answer.detail)


def _drop_sessions(link: Link, jobs: Sequence[Job], in_doubt: frozenset[str]) -> None:
    """End the sessions of changed users, and any of a user who shall not be on line."""
    concerned = {
        job.wish.username: job
        for job in jobs
        if job.is_open
        and (
            job.needs_redial
            or job.wish.is_disabled
            or job.wish.is_absent
            or job.wish.username in in_doubt
        )
    }
    if not concerned:
        return
    sessions = _sessions(link, list(concerned))
    for name in [name for name, row_id in sessions.items() if not row_id]:
        concerned[name].refusals.append("the session is still on line")
        del sessions[name]
    commands = [
        (f"{ACTIVE}/remove", f"=.id={','.join(ids)}") for ids in _chunks([*sessions.values()])
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
    left = {(name, row_id) for name, row_id in _sessions(link, list(sessions)).items()}
    for name, row_id in sessions.items():
        if (name, row_id) in left:
            concerned[name].refusals.append("the session is still on line")
        else:
            concerned[name].has_dropped_session = True


def _sessions(link: Link, names: Sequence[str]) -> dict[str, str]:
    """Return user name → present id of the session, for those on line."""
    queries: list[str] = []
    if len(names) <= NAMES_PER_QUERY:
        queries = [f"?name={name}" for name in names] + ["?#|"] * (len(names) - 1)
    wanted = set(names)
    rows = link.rows(ACTIVE, (".id", "name"), queries)
    return {name: row_id for row_id, name in rows if name in wanted}


def _verify(link: Link, jobs: Sequence[Job]) -> None:
    """Read back; what is not as wished has failed, whatever the router answered."""
    found = _secrets(link, [job.wish.username for job in jobs])
    for job in jobs:
        if job.status in (Status.NOT_OURS, Status.FAILED):
            continue
        rows = found.get(job.wish.username, [])
        ours = [row for row in rows if owner_of(row.comment) == job.wish.owner]
        if job.wish.is_absent:
            is_kept = not ours
        else:
            is_kept = len(ours) == 1 and _is_as_wished(job.wish, ours[0])
        if not is_kept or job.refusals:
            job.status = Status.FAILED
            if not job.refusals:
                job.refusals.append("the router did not keep the change")


def _is_as_wished(wish: SecretWish, row: Found) -> bool:
    is_address_right = wish.remote_address is None or row.remote_address == wish.remote_address
    return row.profile == wish.profile and row.is_disabled == wish.is_disabled and is_address_right


def switch(text: str) -> bool | None:
    """Return a router's boolean; versions answer `true` or `yes`. None for anything else."""
    return {"true": True, "yes": True, "false": False, "no": False}.get(text)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _id(job: Job) -> str:
    if job.row is None:
        raise ValueError("an order needs a row")
    return job.row.id


def _chunks(items: Sequence[T]) -> Iterator[list[T]]:
    for start in range(0, len(items), IDS_PER_COMMAND):
        yield list(items[start : start + IDS_PER_COMMAND])
