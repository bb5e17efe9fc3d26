"""Celery entry points of contracts: leaves that call this app's services."""

from celery import shared_task

from contracts.services import bulk, emptying, running, sealing
from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock
from ispbill.core.acts import Act


@shared_task(name="contracts.seal")
def seal(contract_id: int, **_future: object) -> None:
    """Make and seal the signed paper of a contract."""
    sealing.seal(contract_id=contract_id, at=clock.now())


@shared_task(name="contracts.send_wanted")
def send_wanted(**_future: object) -> None:
    """Send the drafts of many that are asked to be sent."""
    bulk.send_wanted(at=clock.now())


@shared_task(name="contracts.sweep")
def sweep(**_future: object) -> None:
    """Seal what was lost, begin what may begin, tell of what ended with its service."""
    act = Act.now(None)
    sealing.sweep(at=act.at)
    bulk.send_wanted(at=act.at)
    running.begin_due(act=act)
    running.tell_ended(act=act)


@shared_task(name="contracts.follow")
@logged_job("follow_contracts")
def follow(*, progress: Progress, **_future: object) -> Tally:
    """Let contracts begin, lapse, renew and expire; remind, and let go of what nobody signed."""
    act = Act.now(None)
    done = running.follow(act=act)
    return Tally(processed=done.processed + emptying.empty_old(act=act))
