"""A change to more customers than one waits for: a job with progress and a file of its outcome.

A chunk of customers, the counts and how long the file is by then are saved in one transaction, so
a job that was killed goes on where it stopped: nobody is changed twice, or told of twice.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Area, Customer
from customers.services import bulk
from ispbill.accounts.models import User
from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import locks, sheets
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.jobs import after_commit, enqueue

JOB = "customers.bulk_change"
AT_ONCE = 50
CHUNK = 250
MOST_ATTEMPTS = 4  # in a row without a chunk done; then the job is given up

Outcome = tuple[str, str]  # changed, unchanged or failed; and why
# Changes a chunk of customers; returns who changed, or what became of each.
Change = Callable[[list[int]], list[int] | dict[int, Outcome]]


class Maker(Protocol):
    """Makes a change of what an order says."""

    def __call__(self, values: dict[str, Any], *, act: Act[User]) -> Change: ...


@dataclass(frozen=True)
class Words:
    """What a kind of change is called on its page, and its outcomes in the file."""

    title: str | Promise = gettext_lazy("Changing customers")
    changed: str | Promise = gettext_lazy("changed")
    unchanged: str | Promise = gettext_lazy("left as it was")


_makers: dict[str, Maker] = {}
_words: dict[str, Words] = {}


def register(what: str, maker: Maker, words: Words | None = None) -> None:
    """Let an app above change many customers its own way, with progress and a file like ours."""
    _makers[what] = maker
    _words[what] = words or Words()


def words_of(run: JobRun) -> Words:
    """Return what a run's kind of change is called."""
    return _words.get(run.detail["what"], Words())


@transaction.atomic
def start(
    *, what: str, values: dict[str, Any], customers: Sequence[int], act: Act[User], key: str = ""
) -> JobRun:
    """Begin a change in the background; its run is the thing to watch and to fetch from.

    `what` is tag, untag, area, collector or what an app has registered; `values` are plain JSON:
    the word or the id it is about, or what the app's maker reads. `key` names the order.
    """
    detail = {
        "what": what,
        "values": values,
        "customers": sorted(customers),
        "path": f"bulk/{secrets.token_urlsafe(16)}.csv",
        "key": key,
    }
    run = jobs.begin(JOB, total=len(customers), detail=detail, act=act)
    after_commit("customers.change_customers", run_id=run.pk)
    return run


@transaction.atomic
def start_once(
    *, what: str, values: dict[str, Any], customers: Sequence[int], key: str, act: Act[User]
) -> tuple[JobRun, bool]:
    """Begin a change unless the person has begun it with this key; return its run, and if new."""
    locks.hold(f"customers.bulk_change.{act.actor.pk}")
    found = jobs.ordered(JOB, key=key, actor=act.actor)
    if found is not None:
        return found, False
    run = start(what=what, values=values, customers=customers, act=act, key=key)
    return run, True


def make(*, run_id: int, at: datetime) -> None:
    """Make the changes of a running job chunk by chunk; a finished one is left alone.

    Raises whatever went wrong with all of them, after marking the run failed. Two workers on one
    job are one worker and one bystander.
    """
    with locks.only_one(f"customers.bulk_run.{run_id}") as free:
        run = JobRun.objects.filter(pk=run_id, job=JOB, status=JobRun.Status.RUNNING).first()
        if not free or run is None:
            return
        attempts = int(run.detail.get("attempts", 0)) + 1
        if attempts > MOST_ATTEMPTS:
            jobs.finish(
                run, status=JobRun.Status.FAILED, error="Stopped: it broke off again and again."
            )
            return
        _keep(run, attempts=attempts)
        try:
            _go_on(run, at)
        except Exception as error:
            jobs.finish(run, status=JobRun.Status.FAILED, error=f"{type(error).__name__}: {error}")
            raise
        run.refresh_from_db(fields=["failed"])
        jobs.finish(run, status=JobRun.Status.PARTIAL if run.failed else JobRun.Status.COMPLETED)


def sweep(*, at: datetime) -> int:
    """Queue jobs again whose call was lost or whose worker died; return how many."""
    silent = jobs.silent(JOB, at=at)
    for pk in silent:
        enqueue("customers.change_customers", run_id=pk)
    return len(silent)


def result_path(run: JobRun) -> Path:
    """Return where the file of a run lies; it grows while the run does."""
    return Path(settings.MEDIA_ROOT) / str(run.detail["path"])


def _go_on(run: JobRun, at: datetime) -> None:
    """Change chunk after chunk from where the counts say it stopped."""
    progress = jobs.Progress(run)
    done = run.processed + run.skipped + run.failed
    ids: list[int] = run.detail["customers"]
    change = _change(run, at)
    _cut(run)
    for position in range(done, len(ids), CHUNK):
        chunk = ids[position : position + CHUNK]
        with transaction.atomic():
            outcomes = _outcomes(change, chunk)
            told = [word for word, _why in outcomes.values()]
            progress.advance(
                processed=told.count("changed"),
                skipped=told.count("unchanged"),
                failed=told.count("failed"),
            )
            _keep(run, attempts=0, size=_write(run, outcomes))


def _keep(run: JobRun, **values: int) -> None:
    run.detail |= values
    JobRun.objects.filter(pk=run.pk).update(detail=run.detail)


def _change(run: JobRun, at: datetime) -> Change:
    what, values = run.detail["what"], run.detail["values"]
    actor = User.objects.get(pk=run.started_by_id or 0)
    if what in _makers:
        return _makers[what](values, act=Act(actor, at))
    if what == "area":
        area = Area.objects.select_related("branch").get(pk=values["area"])
        return lambda ids: bulk.change_area(customers=ids, area=area, act=Act(actor, at))
    if what == "collector":
        collector = User.objects.filter(pk=values["collector"]).first()
        return lambda ids: bulk.assign_collector(
            customers=ids, collector=collector, act=Act(actor, at)
        )
    verb = {"tag": bulk.tag, "untag": bulk.untag}[what]
    return lambda ids: verb(customers=ids, word=values["word"], act=Act(actor, at))


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


def _cut(run: JobRun) -> None:
    """Take off the file what a killed worker wrote of a chunk that was never saved."""
    path, size = result_path(run), int(run.detail.get("size", 0))
    if path.exists() and path.stat().st_size > size:
        with path.open("r+b") as file:
            file.truncate(size)


def _write(run: JobRun, outcomes: dict[int, Outcome]) -> int:
    """Add a chunk's outcome to the file; return how long it is now, in bytes."""
    path = result_path(run)
    is_new = not path.exists() or not path.stat().st_size
    path.parent.mkdir(parents=True, exist_ok=True)
    names = {
        pk: (number, name)
        for pk, number, name in Customer.objects.filter(pk__in=outcomes).values_list(
            "pk", "number", "name"
        )
    }
    said = words_of(run)
    words = {"changed": said.changed, "unchanged": said.unchanged, "failed": _("failed")}
    with path.open("a", encoding="utf-8-sig" if is_new else "utf-8", newline="") as file:
        if is_new:
            file.write(sheets.csv_line([_("Number"), _("Name"), _("Result"), _("Why")]))
        for pk, (word, why) in outcomes.items():
            number, name = names.get(pk, (str(pk), ""))
            file.write(sheets.csv_line([number, name, str(words[word]), why]))
    return path.stat().st_size
