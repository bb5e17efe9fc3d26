"""What has to be done on a router, secret by secret, and giving the orders in bulk."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from network.gateways.base import DesiredSecret, Outcome, RouterRejected, Status
from network.gateways.routeros_link import Link

IDS_PER_COMMAND = 100
NAMES_PER_QUERY = 30
T = TypeVar("T")
Words = tuple[str, ...]


class OnRow(Protocol):
    """A job about a row the router has."""

    refusals: list[str]

    @property
    def row_id(self) -> str: ...


J = TypeVar("J", bound=OnRow)


@dataclass(frozen=True, slots=True)
class Found:
    """A secret on the router, with the id it has at this moment.

    `is_disabled` None: the router said neither yes nor no, so it is never as desired.
    """

    id: str
    name: str
    profile: str
    is_disabled: bool | None
    comment: str
    remote_address: str


@dataclass
class Job:
    """What has to be done for one desired state; `refusals` are the router's words."""

    desired: DesiredSecret
    status: Status = Status.UNCHANGED
    row: Found | None = None
    refusals: list[str] = field(default_factory=list)
    has_dropped_session: bool = False

    @property
    def row_id(self) -> str:
        if self.row is None:
            raise ValueError("an order needs a row")
        return self.row.id

    @property
    def needs_redial(self) -> bool:
        return self.desired.drop_session or self.status in (Status.CHANGED, Status.REMOVED)

    @property
    def is_open(self) -> bool:
        """Whether nothing stands in the way so far."""
        return not self.refusals and self.status not in (Status.NOT_OURS, Status.FAILED)

    def outcome(self) -> Outcome:
        return Outcome(
            name=self.desired.username,
            status=self.status,
            detail="; ".join(dict.fromkeys(self.refusals)),
            has_dropped_session=self.has_dropped_session,
        )


def named(names: Sequence[str]) -> list[str]:
    """Return the words that ask for rows of these names; none, for all rows, when many."""
    if len(names) > NAMES_PER_QUERY:
        return []
    return [f"?name={name}" for name in names] + ["?#|"] * (len(names) - 1)


def chunks(items: Sequence[T]) -> Iterator[list[T]]:
    """Return things in lists short enough for one command."""
    for start in range(0, len(items), IDS_PER_COMMAND):
        yield list(items[start : start + IDS_PER_COMMAND])


def give(link: Link, orders: Sequence[tuple[str, Words, Sequence[J]]]) -> None:
    """Give orders by lists of ids; a refused list is tried again one by one."""
    commands: list[Words] = []
    groups: list[list[J]] = []
    for command, order_words, jobs in orders:
        for group in chunks(jobs):
            ids = ",".join(job.row_id for job in group)
            commands.append((command, f"=.id={ids}", *order_words))
            groups.append(group)
    singles: list[tuple[Words, J]] = []
    for command_words, group, answer in zip(commands, groups, link.pipeline(commands), strict=True):
        if isinstance(answer, RouterRejected):
            name, _ids, *rest = command_words
            singles += [((name, f"=.id={job.row_id}", *rest), job) for job in group]
    answers = link.pipeline([words for words, _job in singles])
    for (words, job), answer in zip(singles, answers, strict=True):
        if not isinstance(answer, RouterRejected):
            continue
        is_gone_anyway = words[0].endswith("/remove") and "no such item" in answer.detail
        if not is_gone_anyway:
            job.refusals.append(answer.detail)
