"""Whether a job of the timetable is still ours: read in every transaction that it writes.

A worker that stood still for a minute has been taken for dead, and another one goes on in its
place. When it wakes it must write nothing more: `trail.begin`, which every writing transaction
starts with, asks here first.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from ispbill.core import faults, statements

_READ = """
    SELECT 1 FROM audit_jobrun WHERE id = %s AND fence = %s AND status = 'RUNNING' FOR SHARE
"""


class Overtaken(Exception):
    """Another worker has taken this job over; nothing of this transaction is written."""


@dataclass(frozen=True)
class Claim:
    """A run that was claimed: its row, and the fence that makes it ours."""

    run_id: int
    fence: int


_held: ContextVar[Claim | None] = ContextVar("job_claim", default=None)


@contextmanager
def holding(claim: Claim) -> Iterator[None]:
    """Ask in every transaction of the block whether the claim still holds."""
    token = _held.set(claim)
    try:
        yield
    finally:
        _held.reset(token)


def check() -> None:
    """Refuse to go on with a job another worker has (in a transaction). Raises Overtaken."""
    claim = _held.get()
    if claim is None:
        return
    faults.point("job.writes")
    if statements.first(_READ, [claim.run_id, claim.fence]) is None:
        raise Overtaken(f"run {claim.run_id} is no longer ours")
