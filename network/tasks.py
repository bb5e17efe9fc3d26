"""Celery entry points of the network: leaves that call this app's services."""

from collections.abc import Sequence
from typing import Any

from celery import shared_task

from ispbill.accounts.models import User
from ispbill.audit.services import jobs
from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock
from network.addresses.services import assigning
from network.drift.services import deciding, looking
from network.fup.services import enforcing
from network.interstellio.services import reading
from network.outages.services import judging, picture, publishing, watching
from network.radius.services import pushing
from network.radius.services import taking as accounting
from network.services import health, push, sweeping
from network.takeover.services import taking
from network.usage.services import alerts, keeping, noting, polling


@shared_task(name="network.push_router")
def push_router(router_id: int, **_future: object) -> None:
    """Bring one router to what we want of it; queued after each change of a desired state."""
    push.push_router(router_id=router_id, now=clock.now)
    pushing.push_router(router_id=router_id, now=clock.now)


@shared_task(name="network.push_radius")
def push_radius(router_id: int, **_future: object) -> None:
    """Tell the sessions of a router that asks RADIUS what has changed."""
    pushing.push_router(router_id=router_id, now=clock.now)


@shared_task(name="network.take_accounting")
def take_accounting(**_future: object) -> None:
    """Make sessions and usage of RADIUS accounting, and queue routers that have lines due."""
    at = clock.now()
    accounting.take_all(at=at)
    accounting.close_lost(at=at)
    pushing.enqueue_routers()


@shared_task(name="network.check_router")
def check_router(router_id: int, **_future: object) -> None:
    """Ask one router how it is; then tell it what it missed."""
    health.check_router(router_id=router_id, now=clock.now)
    push.push_router(router_id=router_id, now=clock.now)


@shared_task(name="network.sweep_routers")
def sweep_routers(**_future: object) -> None:
    """Queue routers that have something to be told, and knock at those that were silent."""
    sweeping.enqueue_routers(at=clock.now())


@shared_task(name="network.poll_router")
def poll_router(router_id: int, **_future: object) -> None:
    """Read one router's counters and how it is; then tell it what it missed."""
    polling.poll_router(router_id=router_id, now=clock.now)
    push.push_router(router_id=router_id, now=clock.now)


@shared_task(name="network.poll_bandwidth")
def poll_bandwidth(**_future: object) -> None:
    """Read the counters of every router, and with them how it is."""
    polling.poll_all()


@shared_task(name="network.read_interstellio")
@logged_job("read-interstellio")
def read_interstellio(progress: Progress, **_future: object) -> Tally:
    """Read what Interstellio counted; nothing while it is switched off."""
    run = reading.read_all(now=clock.now)
    if run is None:
        return Tally()
    return Tally(processed=run.services, failed=run.failed, detail={"hours": run.hours})


@shared_task(name="network.keep_usage")
def keep_usage(**_future: object) -> None:
    """See to the tables of samples, the lists' figure of each customer, and what is odd."""
    at = clock.now()
    keeping.keep(at=at)
    noting.note_cycles(on=clock.local_date(at))
    alerts.find(on=clock.local_date(at))
    accounting.keep(at=at)


@shared_task(name="network.enforce_fup")
def enforce_fup(**_future: object) -> None:
    """Bring fair use up to date: what was used, whom to tell, how fast each line may run."""
    enforcing.enforce(at=clock.now())


@shared_task(name="network.watch_outages")
def watch_outages(**_future: object) -> None:
    """Propose outages of silent routers, withdraw them, begin works; take the public's picture."""
    at = clock.now()
    watching.watch(at=at)
    publishing.publish(at=at)


@shared_task(name="network.judge_uptime")
def judge_uptime(**_future: object) -> None:
    """Reckon the uptime of this month, and close the last one on its third day."""
    judging.judge_due(at=clock.now())


@shared_task(name="network.note_picture")
@logged_job("note_picture")
def note_picture(progress: Progress, **_future: object) -> Tally:
    """Write down how customers use their lines, for the list and its filters."""
    return Tally(processed=picture.note(at=clock.now()))


@shared_task(name="network.compare_routers")
@logged_job("compare-routers")
def compare_routers(progress: Progress, **_future: object) -> Tally:
    """Have every router compared with the lines wanted on it."""
    return Tally(processed=looking.hourly_all())


@shared_task(name="network.compare_router")
def compare_router(router_id: int, **_future: object) -> None:
    """Compare a router with the lines wanted on it, and put right what is ours."""
    looking.compare_one(router_id=router_id, now=clock.now)


@shared_task(name="network.release_addresses")
@logged_job("release-addresses")
def release_addresses(progress: Progress, **_future: object) -> Tally:
    """Take back the fixed addresses of services that have ended."""
    return Tally(processed=assigning.release_ended(at=clock.now()))


@shared_task(name="network.verify_drift")
def verify_drift(router_id: int, **_future: object) -> None:
    """Bring a router to what a plan asked for, and compare it again."""
    deciding.verify(router_id=router_id, now=clock.now)


@shared_task(name="network.remove_stranger")
def remove_stranger(finding_id: int, **_future: object) -> None:
    """Take an unknown user off a router, as somebody has asked."""
    deciding.remove_stranger(finding_id=finding_id, now=clock.now)


@shared_task(name="network.take_over_users")
def take_over_users(
    router_id: int, actor_id: int, reason: str, new: Sequence[Any] | None = None, **_future: object
) -> None:
    """Make customers' lines of a router's users, as somebody has chosen."""
    actor = User.objects.filter(pk=actor_id).first()
    with jobs.run("take-over-users", at=clock.now(), actor=actor) as progress:
        done, failed = taking.take_all(
            router_id=router_id,
            new=taking.NewOnes(*new) if new else None,
            actor=actor,
            reason=reason,
            now=clock.now,
        )
        progress.advance(processed=done, failed=failed)
    push.push_router(router_id=router_id, now=clock.now)
