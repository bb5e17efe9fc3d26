"""Accept what is suggested for lines, one or many, and accept a statement as a whole."""

from collections.abc import Sequence
from datetime import datetime

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.audit.models import JobRun
from ispbill.audit.services import events, jobs, trail
from ispbill.core import locks
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.core.jobs import after_commit, enqueue
from payments.bank.models import StatementImport, StatementLine, StatementSuggestion
from payments.bank.services import booking, linking, matching, other_owners
from payments.bank.services.matching import Share
from payments.bank.services.uploads import ACCEPT_JOB, begin_job

LINES_JOB = "payments.accept_lines"
AT_ONCE = 20
MOST = 50_000
CHUNK = 100
State = StatementImport.State


def accept_suggestion(
    *, suggestion: StatementSuggestion, act: Act[User | None], remember: bool = False
) -> None:
    """Make a line what is suggested. Raises as `matching.match` and `linking.link` do."""
    line = suggestion.line
    if suggestion.owner_key:
        other_owners.take(line=line, key=suggestion.owner_key, act=act)
    elif suggestion.payout is not None:
        linking.link(line=line, payout=suggestion.payout, act=act)
    elif suggestion.payment is not None:
        linking.link(line=line, payment=suggestion.payment, remember=remember, act=act)
    elif suggestion.customer is not None:
        share = Share(suggestion.customer, line.open_amount)
        matching.match(line=line, shares=[share], remember=remember, act=act)


def start_lines(*, lines: Sequence[int], act: Act[User]) -> JobRun:
    """Accept what is sure of many lines in the background; the run is the thing to watch."""
    detail = {"lines": sorted(lines)}
    run = jobs.begin(LINES_JOB, total=len(lines), detail=detail, act=act)
    enqueue("payments.accept_lines", run_id=run.pk)
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
            accept_safe(lines=run.detail["lines"], act=Act(actor, at), progress=progress)
        except Exception as error:
            words = f"{type(error).__name__}: {error}"
            jobs.finish(run, status=JobRun.Status.FAILED, error=words)
            raise
        run.refresh_from_db(fields=["failed"])
        done = JobRun.Status.PARTIAL if run.failed else JobRun.Status.COMPLETED
        jobs.finish(run, status=done)


def accept_safe(
    *, lines: Sequence[int], act: Act[User | None], progress: jobs.Progress | None = None
) -> tuple[int, list[str]]:
    """Accept the first suggestion of each line that is sure; return how many, and the refusals.

    Lines that become payments are settled by the hundred, the others each in a transaction of its
    own: one that is refused spoils no other.
    """
    accepted, refusals = 0, []
    for start in range(0, len(lines), CHUNK):
        chunk = lines[start : start + CHUNK]
        found = _sure(chunk)
        refused = _accept_together(found, act=act)
        for suggestion in found:
            if (refusal := refused.get(suggestion.line_id)) is None:
                continue
            refusals.append(f"{suggestion.line}: {refusal}")
            if progress is not None:
                progress.problem(
                    item_type="statementline",
                    item_id=suggestion.line_id,
                    label=str(suggestion.line),
                    message=str(refusal),
                )
        done = len(found) - len(refused)
        accepted += done
        if progress is not None:
            skipped = len(chunk) - len(found)
            progress.advance(processed=done, skipped=skipped, failed=len(refused))
    return accepted, refusals


def _sure(lines: Sequence[int]) -> list[StatementSuggestion]:
    """Return the first suggestion of each of these lines that is open and sure, in their order."""
    found = {
        suggestion.line_id: suggestion
        for suggestion in StatementSuggestion.objects.select_related(
            "line__account", "customer", "payment", "payout__bank_account"
        ).filter(
            rank=1,
            line__in=lines,
            line__is_safe=True,
            line__state__in=[StatementLine.State.NEW, StatementLine.State.HELD],
        )
    }
    return [found[pk] for pk in dict.fromkeys(lines) if pk in found]


def _accept_together(
    suggestions: Sequence[StatementSuggestion], *, act: Act[User | None]
) -> dict[int, DomainError]:
    """Accept suggestions; return the refusals by line. One account is locked once at a time."""
    refused: dict[int, DomainError] = {}
    waiting = list(suggestions)
    while waiting:
        now: dict[int, tuple[StatementLine, Customer]] = {}
        later: list[StatementSuggestion] = []
        for one in waiting:
            if one.customer is None or one.payment is not None or one.payout is not None:
                refused |= _accept_alone(one, act=act)
            elif one.customer.pk in now:
                later.append(one)
            else:
                now[one.customer.pk] = (one.line, one.customer)
        if now:
            refused |= _match(list(now.values()), act=act)
        waiting = later
    return refused


def _accept_alone(
    suggestion: StatementSuggestion, *, act: Act[User | None]
) -> dict[int, DomainError]:
    try:
        accept_suggestion(suggestion=suggestion, act=act)
    except DomainError as refusal:
        return {suggestion.line_id: refusal}
    return {}


def _match(
    wanted: Sequence[tuple[StatementLine, Customer]], *, act: Act[User | None]
) -> dict[int, DomainError]:
    try:
        done = matching.match_all(wanted, act=act)
    except (DataError, IntegrityError):
        if len(wanted) == 1:
            raise
        refused: dict[int, DomainError] = {}
        for one in wanted:  # what is wrong with one spoils no other
            refused |= _match([one], act=act)
        return refused
    return {line: one for line, one in done.items() if isinstance(one, DomainError)}


@transaction.atomic
def start_statement(*, statement: StatementImport, act: Act[User]) -> StatementImport:
    """Accept a statement: what nobody has claimed of it is booked as unmatched money.

    A worker does it. Raises Stale unless it was read and not accepted.
    """
    trail.begin(act=act)
    statement = (
        StatementImport.objects.select_for_update(of=("self",))
        .select_related("account")
        .get(pk=statement.pk)
    )
    if statement.state != State.READ:
        raise Stale(
            _("This statement cannot be accepted now: it is %(state)s.")
            % {"state": statement.get_state_display()}
        )
    run = begin_job(ACCEPT_JOB, statement, act=act)
    statement.state, statement.run_id, statement.accepted_by = State.ACCEPTING, run.pk, act.actor
    statement.save(update_fields=["state", "run_id", "accepted_by"])
    after_commit("payments.accept_statement", statement_id=statement.pk)
    return statement


def accept_statement(*, statement_id: int, at: datetime) -> None:
    """Hold what is open of a statement that is being accepted; broken off, it goes on."""
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
            progress.advance(processed=_hold_unmatched(ids, act=Act(statement.accepted_by, at)))
        _finish(statement, at=at)
        jobs.finish(run, status=JobRun.Status.COMPLETED)


@transaction.atomic
def _hold_unmatched(ids: Sequence[int], *, act: Act[User | None]) -> int:
    trail.begin(act=act.because("statement accepted"))
    for pk in ids:
        line = booking.lock(pk)
        if line.state == StatementLine.State.NEW:
            booking.hold_unmatched(line, act=act)
    return len(ids)


@transaction.atomic
def _finish(statement: StatementImport, *, at: datetime) -> None:
    trail.begin(act=Act(statement.accepted_by, at))
    statement.state, statement.accepted_at = State.ACCEPTED, at
    statement.save(update_fields=["state", "accepted_at"])
    events.record(
        act=Act(statement.accepted_by, at),
        action="statement.accepted",
        target=statement,
        label=statement.file_name,
        branch_id=statement.account.branch_id,
        after={"lines": statement.row_count, "account": statement.account.name},
    )


def sweep() -> int:
    """Queue again what lost its call or its worker, statements and lines; return how many."""
    waiting = list(
        StatementImport.objects.filter(state__in=[State.READING, State.ACCEPTING])
        .order_by("pk")
        .values_list("pk", "state")
    )
    for pk, state in waiting:
        if state == State.READING:
            enqueue("payments.read_statement", statement_id=pk)
        else:
            enqueue("payments.accept_statement", statement_id=pk)
    runs = JobRun.objects.filter(job=LINES_JOB, status=JobRun.Status.RUNNING).order_by("pk")
    running = list(runs.values_list("pk", flat=True))
    for pk in running:
        enqueue("payments.accept_lines", run_id=pk)
    return len(waiting) + len(running)
