"""What has to be done on a router, secret by secret."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from network.gateways.base import DesiredSecret, Outcome, Status

IDS_PER_COMMAND = 100
NAMES_PER_QUERY = 30
T = TypeVar("T")


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
