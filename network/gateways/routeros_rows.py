"""Bringing rows of queues, leases, hotspot users and address lists to a wanted state.

As for secrets: read, compare, write in bulk, end sessions, read back; what counts is what the
router shows in the end. Rows the router made by itself (`dynamic`) are never ours and in nobody's
way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from network.gateways import routeros_sessions
from network.gateways.base import Outcome, RouterRejected, Status, owner_of
from network.gateways.line_rows import DesiredRow, FoundRow, Menu
from network.gateways.routeros_jobs import give
from network.gateways.routeros_link import Link
from network.gateways.routeros_wire import plain
from network.rules import router_values

HOTSPOT_ACTIVE = "/ip/hotspot/active"
Words = tuple[str, ...]


@dataclass
class RowJob:
    """What has to be done for one desired row; `extra` are rows of the same service too many."""

    desired: DesiredRow
    status: Status = Status.UNCHANGED
    row: FoundRow | None = None
    extra: list[FoundRow] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    has_dropped_session: bool = False

    @property
    def row_id(self) -> str:
        if self.row is None:
            raise ValueError("an order needs a row")
        return self.row.id

    @property
    def is_open(self) -> bool:
        """Whether nothing stands in the way so far."""
        return not self.refusals and self.status not in (Status.NOT_OURS, Status.FAILED)

    @property
    def needs_login(self) -> bool:
        """Whether a session that is on line belongs to an earlier state."""
        has_changed = self.status in (Status.CHANGED, Status.REMOVED)
        return self.desired.drop_session or self.desired.shuts_out or has_changed

    def outcome(self) -> Outcome:
        return Outcome(
            name=self.desired.name,
            status=self.status,
            detail="; ".join(dict.fromkeys(self.refusals)),
            has_dropped_session=self.has_dropped_session,
        )


def apply(link: Link, desired_rows: Sequence[DesiredRow], attempted: set[str]) -> list[Outcome]:
    """Make the desired rows true and return what became of each, in their order.

    Names are added to `attempted` before anything is written for them; a hotspot user already in
    it loses the session even when nothing changes.
    """
    jobs = [RowJob(desired) for desired in desired_rows]
    for menu in Menu:
        ours = [job for job in jobs if job.desired.menu is menu]
        if ours:
            _apply_menu(link, menu, ours, attempted)
    return [job.outcome() for job in jobs]


def read(link: Link, menu: Menu, lists: Sequence[str] = ()) -> list[FoundRow]:
    """Return the rows of a menu that the router did not make itself; of address lists only
    `lists`, for others may be long."""
    columns = (".id", "comment", "dynamic", "default", *menu.columns)
    if menu is not Menu.HOTSPOT:  # the only one with a row as delivered
        columns = tuple(name for name in columns if name != "default")
    queries = [f"?list={name}" for name in lists] + ["?#|"] * (len(lists) - 1)
    found = []
    for cells in link.rows(menu.value, columns, queries):
        row = dict(zip(columns, cells, strict=True))
        is_made_by_router = "true" in (row["dynamic"], row.get("default")) or (
            menu is Menu.LEASE and not row["mac-address"]
        )
        if not is_made_by_router:
            values = {name: row[name] for name in menu.columns}
            found.append(FoundRow(row[".id"], row["comment"], values))
    return found


def differing(desired: DesiredRow, row: FoundRow) -> list[str]:
    """Return the columns in which a row is not as wanted."""
    return [
        name
        for name, value in desired.values.items()
        if not router_values.is_same(name, row.values.get(name, ""), value)
    ]


def _apply_menu(link: Link, menu: Menu, jobs: Sequence[RowJob], attempted: set[str]) -> None:
    _find(read(link, menu, _lists(jobs)), jobs)
    doable = [job for job in jobs if job.status is Status.UNCHANGED]
    in_doubt = frozenset(attempted)
    _write(link, menu, doable, attempted)
    if menu is Menu.HOTSPOT:
        concerned = {
            job.desired.name: job
            for job in doable
            if job.is_open and (job.needs_login or job.desired.name in in_doubt)
        }
        routeros_sessions.end(link, concerned, menu=HOTSPOT_ACTIVE, column="user")
    if any(job.status is not Status.UNCHANGED or job.refusals for job in doable):
        _verify(read(link, menu, _lists(jobs)), doable)


def _lists(jobs: Sequence[RowJob]) -> list[str]:
    names = {job.desired.values.get("list", "") for job in jobs}
    return sorted(names - {""})


def _find(rows: Sequence[FoundRow], jobs: Sequence[RowJob]) -> None:
    """Give each job the row it is about, or the reason why it must be left alone."""
    by_owner, by_key = _by_owner(rows), {}
    for menu_row in rows:
        by_key[_key(jobs[0].desired.menu, menu_row.values)] = menu_row
    for job in jobs:
        desired = job.desired
        key = _key(desired.menu, desired.values)
        same_key = by_key.get(key) if all(key) else None
        ours = by_owner.get(desired.owner, []) if desired.owner else []
        if ours:
            job.row = same_key if same_key in ours else ours[0]
            job.extra = [row for row in ours if row is not job.row]
        if same_key is None or same_key in ours:
            continue
        if desired.may_adopt and not ours:
            job.row = same_key
        elif not desired.is_absent:
            job.status = Status.NOT_OURS
            words = plain(same_key.comment)
            job.refusals.append(f"a row with this {desired.menu.key[-1]} has the comment “{words}”")


def _by_owner(rows: Sequence[FoundRow]) -> dict[str, list[FoundRow]]:
    found: dict[str, list[FoundRow]] = {}
    for row in rows:
        if row.owner:
            found.setdefault(row.owner, []).append(row)
    return found


def _key(menu: Menu, values: Mapping[str, str]) -> Words:
    return tuple(_comparable(name, values.get(name, "")) for name in menu.key)


def _comparable(column: str, value: str) -> str:
    """Return a key's value as any router would write it; names keep their letters."""
    if column == "mac-address":
        return value.upper()
    return value.removesuffix("/32") if column == "address" else value


def _write(link: Link, menu: Menu, jobs: Sequence[RowJob], attempted: set[str]) -> None:
    adds: list[RowJob] = []
    edits: dict[Words, list[RowJob]] = {}
    unsets: dict[str, list[RowJob]] = {}
    removals: list[RowJob] = []
    for job in jobs:
        if job.desired.is_absent:
            removals += [job] if job.row is not None else []
        elif job.row is None:
            adds += [job] if _may_be_made(job) else []
        else:
            _plan_edit(job, job.row, edits, unsets)
    for job in removals:
        job.status = Status.REMOVED
    changed = [job for job in jobs if job.status is not Status.UNCHANGED or job.extra]
    attempted |= {job.desired.name for job in (*changed, *adds) if job.status is not Status.FAILED}
    # What is too many goes first: it may hold the name or the address another row is to get.
    _remove_extra(link, menu, jobs)
    give(link, [(f"{menu.value}/remove", (), removals)])
    give(link, [(f"{menu.value}/set", words, group) for words, group in edits.items()])
    give(
        link,
        [
            (f"{menu.value}/unset", (f"=value-name={name}",), group)
            for name, group in unsets.items()
        ],
    )
    _add(link, menu, adds)


def _may_be_made(job: RowJob) -> bool:
    """Refuse a hotspot user without a password: anybody could log in."""
    if job.desired.menu is Menu.HOTSPOT and not job.desired.password:
        job.status = Status.FAILED
        job.refusals.append("there is no such user, and its password is not known: set a new one")
        return False
    return True


def _plan_edit(
    job: RowJob, row: FoundRow, edits: dict[Words, list[RowJob]], unsets: dict[str, list[RowJob]]
) -> None:
    desired = job.desired
    columns = differing(desired, row)
    words = [f"={name}={desired.values[name]}" for name in columns if desired.values[name]]
    if desired.is_password_new:
        words.append(f"=password={desired.password}")
    if row.owner != desired.owner:
        rest = row.comment.partition(" ")[2] if owner_of(row.comment) else row.comment
        words.append(f"=comment={desired.mark} {rest}".strip())
    if words:
        edits.setdefault(tuple(words), []).append(job)
    for name in columns:
        if not desired.values[name]:
            unsets.setdefault(name, []).append(job)
    if words or columns:
        job.status = Status.CHANGED


def _remove_extra(link: Link, menu: Menu, jobs: Sequence[RowJob]) -> None:
    ids = [row.id for job in jobs for row in job.extra]
    link.pipeline([(f"{menu.value}/remove", f"=.id={one}") for one in ids])
    for job in jobs:
        if job.extra and job.status is Status.UNCHANGED:
            job.status = Status.CHANGED


def _add(link: Link, menu: Menu, jobs: Sequence[RowJob]) -> None:
    for job in jobs:
        job.status = Status.CREATED
    answers = link.pipeline([(f"{menu.value}/add", *_new(job.desired)) for job in jobs])
    for job, answer in zip(jobs, answers, strict=True):
        if isinstance(answer, RouterRejected):
            job.refusals.append(answer.detail)


def _new(desired: DesiredRow) -> Words:
    words = [f"={name}={value}" for name, value in desired.values.items() if value]
    if desired.password:
        words.append(f"=password={desired.password}")
    return (*words, f"=comment={desired.mark}")


def _verify(rows: Sequence[FoundRow], jobs: Sequence[RowJob]) -> None:
    """What the router does not show as desired has failed, whatever it answered."""
    by_owner = _by_owner(rows)
    for job in jobs:
        if job.status in (Status.NOT_OURS, Status.FAILED):
            continue
        ours = by_owner.get(job.desired.owner, [])
        if job.desired.is_absent:
            is_kept = not ours if job.desired.owner else not _is_there(job, rows)
        else:
            is_kept = len(ours) == 1 and not differing(job.desired, ours[0])
        if is_kept and job.status is Status.CREATED:
            job.refusals.clear()  # an answer that was lost: it is there
        if not is_kept or job.refusals:
            job.status = Status.FAILED
            if not job.refusals:
                job.refusals.append("the router did not keep the change")


def _is_there(job: RowJob, rows: Sequence[FoundRow]) -> bool:
    key = _key(job.desired.menu, job.desired.values)
    return any(_key(job.desired.menu, row.values) == key for row in rows)
