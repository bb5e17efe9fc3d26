"""Accept what is suggested for lines, one or many, and accept a statement as a whole."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.models import JobRun
from ispbill.audit.services import events, jobs, trail
from ispbill.core import locks
from ispbill.core.errors import DomainError, Stale
from ispbill.core.jobs import after_commit, ring
from payments import tasks
from payments.models import StatementImport, StatementLine, StatementSuggestion
from payments.services.imports import booking, matching
from payments.services.imports.matching import Share
from payments.services.imports.uploads import ACCEPT_JOB, begin_job

LINES_JOB = "payments.accept_lines"
AT_ONCE = 20
MOST = 50_000
CHUNK = 100
State = StatementImport.State


def accept_suggestion(
    *, suggestion: StatementSuggestion, at: datetime, actor: User | None, remember: bool = False
) -> None:
    """Make a line what is suggested. Raises as `matching.match` and `matching.link` do."""
    line = suggestion.line
    if suggestion.payout is not None:
        matching.link(line=line, payout=suggestion.payout, at=at, actor=actor)
    elif suggestion.payment is not None:
        matching.link(line=line, payment=suggestion.payment, remember=remember, at=at, actor=actor)
    elif suggestion.customer is not None:
        share = Share(suggestion.customer, line.open_amount)
        matching.match(line=line, shares=[share], remember=remember, at=at, actor=actor)


def start_lines(*, lines: Sequence[int], at: datetime, actor: User) -> JobRun:
    """Accept what is sure of many lines in the background; the run is the thing to watch."""
    detail = {"lines": sorted(lines)}
    run = jobs.begin(LINES_JOB, total=len(lines), detail=detail, actor=actor, at=at)
    ring(tasks.accept_lines, run_id=run.pk)
    return run


def accept_lines(*, run_id: int, at: datetime) -> None:
    """Accept the lines of a running job; done ones are passed over, so it may begin anew."""
    with locks.only_one(f"payments.accept_lines.{run_id}") as free:
        run = JobRun.objects.filter(pk=run_id, job=LINES_JOB, status=JobRun.Status.RUNNING).first()
        if not free or run is None:
            return
        JobRun.objects.filter(pk=run.pk).update(processed=0, skipped=0, failed=0)
        progress = jobs.Progress(run)
        actor = User.objects.filter(pk=run.started_by_id or 0).first()
        try:
            accept_safe(lines=run.detail["lines"], at=at, actor=actor, progress=progress)
        except Exception as error:
            words = f"{type(error).__name__}: {error}"
            jobs.finish(run, status=JobRun.Status.FAILED, error=words)
            raise
        run.refresh_from_db(fields=["failed"])
        done = JobRun.Status.PARTIAL if run.failed else JobRun.Status.COMPLETED
        jobs.finish(run, status=done)


def accept_safe(
    *, lines: Sequence[int], at: datetime, actor: User | None,
    progress: jobs.Progress | None = None,
) -> tuple[int, list[str]]:  # fmt: skip
    """Accept the first suggestion of each line that is sure; return how many, and the refusals.

    Each line is a transaction of its own: one that is refused spoils no other.
    """
    accepted, refusals = 0, []
    wanted = StatementSuggestion.objects.select_related(
        "line__account", "customer", "payment", "payout__bank_account"
    ).filter(rank=1)
    for pk in lines:
        suggestion = wanted.filter(
            line=pk, line__is_safe=True,
            line__state__in=[StatementLine.State.NEW, StatementLine.State.PARKED],
        ).first()  # fmt: skip
        if suggestion is None:
            if progress is not None:
                progress.advance(skipped=1)
            continue
        try:
            accept_suggestion(suggestion=suggestion, at=at, actor=actor)
        except DomainError as refusal:
            refusals.append(f"{suggestion.line}: {refusal}")
            if progress is not None:
                progress.problem(
                    item_type="statementline", item_id=pk, label=str(suggestion.line),
                    message=str(refusal),
                )  # fmt: skip
                progress.advance(failed=1)
        else:
            accepted += 1
            if progress is not None:
                progress.advance(processed=1)
    return accepted, refusals


@transaction.atomic
def start_statement(*, statement: StatementImport, at: datetime, actor: User) -> StatementImport:
    """Accept a statement: what nobody has claimed of it is booked as unmatched money.

    A worker does it. Raises Stale unless it was read and not accepted.
    """
    trail.begin(actor=actor, at=at)
    statement = (
        StatementImport.objects.select_for_update(of=("self",))
        .select_related("account")
        .get(pk=statement.pk)
    )
    if statement.state != State.READ:
        raise Stale(_("This statement cannot be accepted now: it is %(state)s.") % {
            "state": statement.get_state_display()
        })  # fmt: skip
    run = begin_job(ACCEPT_JOB, statement, at=at, actor=actor)
    statement.state, statement.run_id, statement.accepted_by = State.ACCEPTING, run.pk, actor
    statement.save(update_fields=["state", "run_id", "accepted_by"])
    after_commit(tasks.accept_statement, statement_id=statement.pk)
    return statement


def accept_statement(*, statement_id: int, at: datetime) -> None:
    """Park what is open of a statement that is being accepted; broken off, it goes on."""
    with locks.only_one(f"payments.statement.{statement_id}") as free:
        statement = (
            StatementImport.objects.select_related("account", "accepted_by")
            .filter(pk=statement_id, state=State.ACCEPTING)
            .first()
        )
        if not free or statement is None:
            return
        run = JobRun.objects.get(pk=statement.run_id or 0)
        progress = jobs.Progress(run)
        waiting = StatementLine.objects.filter(
            statement=statement, state=StatementLine.State.NEW, amount__gt=0
        )
        progress.total(run.processed + waiting.count(), step="lines")
        while ids := list(waiting.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
            progress.advance(processed=_park(ids, actor=statement.accepted_by, at=at))
        _finish(statement, at=at)
        jobs.finish(run, status=JobRun.Status.COMPLETED)


@transaction.atomic
def _park(ids: Sequence[int], *, actor: User | None, at: datetime) -> int:
    trail.begin(actor=actor, at=at, reason="statement accepted")
    for pk in ids:
        line = booking.lock(pk)
        if line.state == StatementLine.State.NEW:
            booking.park(line, at=at, actor=actor)
    return len(ids)


@transaction.atomic
def _finish(statement: StatementImport, *, at: datetime) -> None:
    trail.begin(actor=statement.accepted_by, at=at)
    statement.state, statement.accepted_at = State.ACCEPTED, at
    statement.save(update_fields=["state", "accepted_at"])
    events.record(
        at=at, actor=statement.accepted_by, action="statement.accepted", target=statement,
        label=statement.file_name, branch_id=statement.account.branch_id,
        after={"lines": statement.row_count, "account": statement.account.name},
    )  # fmt: skip


def sweep() -> int:
    """Ring for statements and lines whose ring was lost or whose worker died; return how many."""
    waiting = list(
        StatementImport.objects.filter(state__in=[State.READING, State.ACCEPTING])
        .order_by("pk")
        .values_list("pk", "state")
    )
    for pk, state in waiting:
        task = tasks.read_statement if state == State.READING else tasks.accept_statement
        ring(task, statement_id=pk)
    runs = JobRun.objects.filter(job=LINES_JOB, status=JobRun.Status.RUNNING).order_by("pk")
    running = list(runs.values_list("pk", flat=True))
    for pk in running:
        ring(tasks.accept_lines, run_id=pk)
    return len(waiting) + len(running)
