"""The timetable: name, task, when, and why. Beat reads it; the job log shows it.

Times are the company's local time zone where it matters (see `local_time`), so that the billing
run is at two in the morning whatever the server's clock says.
"""

from dataclasses import dataclass
from datetime import time, timedelta


@dataclass(frozen=True)
class Scheduled:
    """One job of the timetable: either daily at a company-local time, or every so often."""

    job: str
    task: str
    why: str
    at: time | None = None
    every: timedelta | None = None


TIMETABLE: tuple[Scheduled, ...] = (
    Scheduled(
        job="sweep-messages",
        task="ispbill.notifications.tasks.sweep_messages",
        every=timedelta(seconds=30),
        why="Sends what a lost ring or a dead sender left in the outbox.",
    ),
    Scheduled(
        job="sweep-routers",
        task="network.tasks.sweep_routers",
        why="Lines a lost ring left unsettled reach their router; silent routers are tried again.",
        every=timedelta(seconds=30),
    ),
    Scheduled(
        job="check-routers",
        task="network.tasks.check_routers",
        why="Whether each router answers, its version, load and time since its start.",
        every=timedelta(minutes=5),
    ),
    Scheduled(
        job="allocate-credit",
        task="payments.tasks.allocate_credit",
        why="Let what is left of payments pay invoices, should a billing run's own ring be lost.",
        at=time(3, 30),
    ),
)
