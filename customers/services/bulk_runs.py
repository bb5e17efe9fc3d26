"""A change to more customers than one waits for: a job with progress and a file of its outcome.

Broken off, it goes on where it stopped: the counts say how far it came, and the file is added to.
"""

import csv
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from customers import tasks
from customers.models import Area, Customer
from customers.services import bulk
from ispbill.accounts.models import User
from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core.errors import DomainError
from ispbill.core.jobs import ring

JOB = "customers.bulk_change"
AT_ONCE = 50
CHUNK = 250

Outcome = tuple[str, str]  # changed, unchanged or failed; and why
# Changes a chunk of customers; returns who changed, or what became of each.
Change = Callable[[list[int]], list[int] | dict[int, Outcome]]
Maker = Callable[[dict[str, Any], User, datetime], Change]

_makers: dict[str, Maker] = {}


def register(what: str, maker: Maker) -> None:
    """Let an app above change many customers its own way, with progress and a file like ours."""
    _makers[what] = maker


def start(
    *, what: str, values: dict[str, Any], customers: Sequence[int], actor: User, at: datetime
) -> JobRun:
    """Begin a change in the background; its run is the thing to watch and to fetch from.

    `what` is tag, untag, area, collector or what an app has registered; `values` are plain JSON:
    the word or the id it is about, or what the app's maker reads.
    """
    run = JobRun.objects.create(
        job=JOB,
        trigger=JobRun.Trigger.MANUAL,
        started_at=at,
        heartbeat_at=at,
        total=len(customers),
        started_by_id=actor.pk,
        started_by_name=actor.name,
        detail={
            "what": what,
            "values": values,
            "customers": sorted(customers),
            "path": f"bulk/{secrets.token_urlsafe(16)}.csv",
        },
    )
    ring(tasks.change_customers, run_id=run.pk)
    return run


def make(*, run_id: int, at: datetime) -> None:
    """Make the changes of a running job chunk by chunk; a finished one is left alone.

    Raises whatever went wrong with all of them, after marking the run failed.
    """
    run = JobRun.objects.filter(pk=run_id, job=JOB, status=JobRun.Status.RUNNING).first()
    if run is None:
        return
    progress = jobs.Progress(run)
    done = run.processed + run.skipped + run.failed
    ids: list[int] = run.detail["customers"]
    try:
        change = _change(run, at)
        for position in range(done, len(ids), CHUNK):
            chunk = ids[position : position + CHUNK]
            outcomes = _outcomes(change, chunk)
            _write(run, outcomes)
            words = [word for word, _why in outcomes.values()]
            progress.advance(
                processed=words.count("changed"),
                skipped=words.count("unchanged"),
                failed=words.count("failed"),
            )
    except Exception as error:
        jobs.finish(run, status=JobRun.Status.FAILED, error=f"{type(error).__name__}: {error}")
        raise
    run.refresh_from_db(fields=["failed"])
    jobs.finish(run, status=JobRun.Status.PARTIAL if run.failed else JobRun.Status.COMPLETED)


def result_path(run: JobRun) -> Path:
    """Return where the file of a run lies; it grows while the run does."""
    return Path(settings.MEDIA_ROOT) / str(run.detail["path"])


def _change(run: JobRun, at: datetime) -> Change:
    what, values = run.detail["what"], run.detail["values"]
    actor = User.objects.get(pk=run.started_by_id or 0)
    if what in _makers:
        return _makers[what](values, actor, at)
    if what == "area":
        area = Area.objects.select_related("branch").get(pk=values["area"])
        return lambda ids: bulk.change_area(customers=ids, area=area, actor=actor, at=at)
    if what == "collector":
        collector = User.objects.filter(pk=values["collector"]).first()
        return lambda ids: bulk.assign_collector(
            customers=ids, collector=collector, actor=actor, at=at
        )
    verb = {"tag": bulk.tag, "untag": bulk.untag}[what]
    return lambda ids: verb(customers=ids, word=values["word"], actor=actor, at=at)


def _outcomes(change: Change, ids: list[int]) -> dict[int, Outcome]:
    """Change a chunk; when it is refused, each customer alone, so that one spoils no other."""
    try:
        with transaction.atomic():
            done = change(ids)
    except DomainError as refusal:
        if len(ids) == 1:
            return {ids[0]: ("failed", str(refusal))}
        found: dict[int, Outcome] = {}
        for pk in ids:
            found |= _outcomes(change, [pk])
        return found
    if isinstance(done, dict):
        return done
    changed = set(done)
    return {pk: ("changed" if pk in changed else "unchanged", "") for pk in ids}


def _write(run: JobRun, outcomes: dict[int, Outcome]) -> None:
    path = result_path(run)
    is_new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    names = {
        pk: (number, name)
        for pk, number, name in Customer.objects.filter(pk__in=outcomes).values_list(
            "pk", "number", "name"
        )
    }
    words = {"changed": _("changed"), "unchanged": _("left as it was"), "failed": _("failed")}
    with path.open("a", encoding="utf-8-sig" if is_new else "utf-8", newline="") as file:
        writer = csv.writer(file)
        if is_new:
            writer.writerow([_("Number"), _("Name"), _("Result"), _("Why")])
        for pk, (word, why) in outcomes.items():
            number, name = names.get(pk, (str(pk), ""))
            writer.writerow([number, _text(name), words[word], why])


def _text(name: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r", "|", "%")) else name
