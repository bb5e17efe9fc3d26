"""Celery entry points of sign-up: leaves that call this app's services."""

from celery import shared_task

from ispbill.accounts.models import User
from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock, jobs
from ispbill.core.acts import Act
from signup.imports.services import steps, working
from signup.legacy.services import backfilling
from signup.services import documents, drafts, following, waiting

_LONGEST = 6 * 60 * 60  # seconds: a whole company moves in


@shared_task(name="signup.follow_job")
def follow_job(work_order_id: int, **_future: object) -> None:
    """Let the order of a job follow it (queued after the job moved)."""
    following.follow_job(work_order_id=work_order_id, act=Act.now(None))


@shared_task(name="signup.sweep_orders")
def sweep_orders(**_future: object) -> None:
    """Let orders follow, should a call be lost, and invite who waited for a line."""
    act = Act.now(None)
    following.follow_all(act=act)
    waiting.invite_all(act=act)


@shared_task(name="signup.work_on_import", soft_time_limit=_LONGEST, time_limit=_LONGEST + 60)
def work_on_import(import_id: int, **_future: object) -> None:
    """Check an import, take it in, let it go live or take it back."""
    working.work(import_id=import_id)


@shared_task(name="signup.backfill_orders")
@logged_job("backfill_orders")
def backfill_orders(*, progress: Progress, actor_id: int | None = None, **_future: object) -> Tally:
    """Match orders of the former system that belong to nobody yet."""
    actor = User.objects.filter(pk=actor_id).first() if actor_id is not None else None
    return Tally(processed=backfilling.run(act=Act.now(actor)).newly)


@shared_task(name="signup.sweep_imports")
def sweep_imports(**_future: object) -> None:
    """Go on with imports whose worker died or whose call was lost."""
    for import_id in steps.lost(real_at=clock.real_now()):
        jobs.enqueue("signup.work_on_import", import_id=import_id)


@shared_task(name="signup.clear_orders")
@logged_job("clear_orders")
def clear_orders(*, progress: Progress, **_future: object) -> Tally:
    """Remove old drafts, and the papers of orders given up long ago."""
    act = Act.now(None)
    removed = drafts.throw_old_away(at=act.at)
    return Tally(processed=removed + documents.remove_old(at=act.at))
