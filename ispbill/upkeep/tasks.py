"""Celery entry points of upkeep.

Copies and pruning are for the keeper's worker alone: it has the owner's address. Watching is for
any worker.
"""

from celery import shared_task

from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.upkeep.gateways import heartbeat
from ispbill.upkeep.queries import conditions
from ispbill.upkeep.services import alarms, backup, drill, erasure, pruning

_LONGEST = 6 * 60 * 60  # seconds: a large company's copy


@shared_task(name="upkeep.make_backup", soft_time_limit=_LONGEST, time_limit=_LONGEST + 60)
@logged_job("backup")
def make_backup(*, progress: Progress, **_future: object) -> Tally:
    """Write the night's copy; only after it succeeded do old ones go."""
    made = backup.make(tell=lambda step: progress.advance(step=step))
    removed = backup.remove_old(at=clock.real_now())
    return Tally(
        processed=1, detail={"file": made.name, "bytes": made.size, "removed": len(removed)}
    )


@shared_task(name="upkeep.verify_backup", soft_time_limit=_LONGEST, time_limit=_LONGEST + 60)
@logged_job("verify_backup")
def verify_backup(*, progress: Progress, **_future: object) -> Tally:
    """Try a restore of the newest copy, on Sundays and while there was never a good one."""
    done = drill.weekly(at=clock.now())
    if done is None:
        return Tally(skipped=1)
    for number, words in enumerate(done.problems, start=1):
        progress.problem(item_type="proof", item_id=number, label="copy", message=words)
    return Tally(processed=1, failed=len(done.problems), detail={"seconds": round(done.seconds, 1)})


@shared_task(name="upkeep.prune", soft_time_limit=_LONGEST, time_limit=_LONGEST + 60)
@logged_job("prune")
def prune(*, progress: Progress, **_future: object) -> Tally:
    """Remove what was kept long enough, and erase whose week is over."""
    found = pruning.prune(
        at=clock.now(),
        real_at=clock.real_now(),
        tell=lambda kind, count: progress.advance(processed=count, step=kind),
    )
    erased = erasure.carry_out_due(act=Act.now(None))
    return Tally(processed=sum(found.values()), detail={**found, "erased": erased})


@shared_task(name="upkeep.watch")
def watch(**_future: object) -> None:
    """Look at the conditions of the health page, and ring (every minute)."""
    alarms.watch(at=clock.now(), real_at=clock.real_now())


@shared_task(name="upkeep.say_alive")
def say_alive(**_future: object) -> None:
    """Fetch HEARTBEAT_URL unless something is critical (every five minutes)."""
    found = conditions.conditions(at=clock.now(), real_at=clock.real_now())
    if conditions.worst(found) != conditions.CRITICAL:
        heartbeat.fetch()
