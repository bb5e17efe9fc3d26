"""A whole night of a company: every daily job of the timetable one after another, then twice more.

Each job runs in a process of its own, as the worker's, so that the most memory it held is known. It
is the heaviest night there is: everybody's month is billed, everybody owes the month before (the
grace of a tenth is over and they are cut off), everything that happened before has yet to be
proved, and its figures to be built. Messages are queued, not sent; routers are told by the sweeps
of the day after.

The second round still finds work: the figures of what the first one wrote after they were built.
The third finds none; what it takes is what doing nothing costs (goal P24). The proofs are told
apart: to make them anew is what they are for. Copies are measured by hand (docs/admin/growing.md):
they are made of the database the machine is set up for, not of a bench's.
"""

import sys
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from billing.invoices.models import Invoice
from billing.run.services import cycle
from customers.models import Suspension
from ispbill.audit.models import JobRun
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.devtools.bench import children, population, scratch
from ispbill.devtools.bench.suspend import BILLED_ON, LINES
from ispbill.notifications.models import Message
from ispbill.schedule import TIMETABLE, Scheduled

NIGHT = date(2026, 2, 26)  # the second month is billed seven days ahead
_OF_THE_HOURS = {"apply_suspensions", "sweep-announcements"}  # what a night waits for besides
# Asks a gateway; makes up for a year of months at its first time (churn has a bench of its own).
_LEFT_OUT = {"compare_refunds", "observe_churn", "train_churn", "score_churn"}
_COPIES = {"backup", "verify_backup"}
_PROOFS = "check_ledger"
_A_TENTH_IS_CUT_OFF = "UPDATE customers_customer SET is_never_suspended = id % 10 <> 0"


def run(*, scale: int) -> dict[str, Any]:
    """Return seconds and memory (MB) of each job of the night; seconds in the rounds after it."""
    with scratch.database("night") as database:
        _fill(scale)
        clock.set_simulated(clock.midnight(NIGHT) + timedelta(hours=10))
        night, *after = (_night(database) for _round in range(3))
        done = {
            "bills": Invoice.objects.filter(issued_on__gt=BILLED_ON).count(),
            "cut_off": Suspension.objects.filter(ended_at=None).count(),
            "messages": Message.objects.count(),
        }
    seconds = sum(took for took, _held in night.values())
    idle = sum(took for job, (took, _held) in after[-1].items() if job != _PROOFS)
    return {
        "name": "night",
        "scale": scale,
        "P24_minutes": round(seconds / 60, 1),
        "P24_most_memory_mb": max(held for _took, held in night.values()),
        "P24_second_time": round(idle / seconds, 4),
        "proofs_seconds": [one[_PROOFS][0] for one in (night, *after)],
        **done,
        "jobs": {
            job: [*took, *(one[job][0] for one in after)]
            for job, took in sorted(night.items(), key=lambda one: -one[1][0])[:15]
        },
    }


def _fill(scale: int) -> None:
    population.fill(scale)
    with connection.cursor() as cursor:
        cursor.execute(LINES)
        cursor.execute(_A_TENTH_IS_CUT_OFF)
    cycle.run(
        on=BILLED_ON, act=Act(None, datetime.combine(BILLED_ON, datetime.min.time(), clock.zone()))
    )
    scratch.vacuum()


def _night(database: str) -> dict[str, tuple[float, float]]:
    """Return seconds and megabytes of each job. Raises RuntimeError where one did not go well."""
    took = {}
    for row in sorted(_rows(), key=_turn):
        took[row.job] = children.job(row.task, database)
        sys.stderr.write(f"{row.job}: {took[row.job][0]} s, {took[row.job][1]} MB\n")
    failed = JobRun.objects.filter(status=JobRun.Status.FAILED).values_list("job", "error")
    if found := list(failed[:3]):
        raise RuntimeError(f"not well: {found}")
    return took


def _rows() -> list[Scheduled]:
    return [
        row
        for row in TIMETABLE
        if (row.at is not None and row.job not in _LEFT_OUT | _COPIES) or row.job in _OF_THE_HOURS
    ]


def _turn(row: Scheduled) -> tuple[bool, str]:
    """By the hour; bills are told of right after they are made, and lines closed by day."""
    if row.job == "sweep-announcements":
        return (False, "02:01")
    return (row.at is None, str(row.at))
