"""Take a statement's file in: kept once, its columns named by a person, then read by a worker."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.models import JobRun
from ispbill.audit.services import events, jobs, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.core.jobs import after_commit
from payments.bank.models import BankAccount, StatementImport
from payments.bank.rules import statement_rows
from payments.bank.rules.statement_rows import Layout
from payments.bank.services import files

READ_JOB, ACCEPT_JOB = "payments.read_statement", "payments.accept_statement"
State = StatementImport.State


class SameFile(DomainError):
    """This very file was taken in before. `earlier` is that import."""

    def __init__(self, message: str, earlier: StatementImport) -> None:
        super().__init__(message)
        self.earlier = earlier


class LayoutRefused(DomainError):
    """The columns named do not make a statement."""


def upload(*, account: BankAccount, name: str, content: bytes, act: Act[User]) -> StatementImport:
    """Keep a file and guess how it reads. Raises FileRefused, SameFile."""
    files.check(content)
    digest = files.digest(content)
    earlier = StatementImport.objects.filter(account=account, file_hash=digest).first()
    if earlier is not None:
        raise _same(earlier)
    layout = _layout(account, content)
    path = files.keep(content, folder="statements")
    try:
        with transaction.atomic():
            trail.begin(act=act)
            statement = StatementImport.objects.create(
                account=account,
                file_name=name[-120:],
                file_hash=digest,
                path=path,
                layout=layout.kept(),
                uploaded_at=act.at,
                uploaded_by=act.actor,
            )
            _note("statement.uploaded", statement, act=act)
    except IntegrityError as error:
        files.forget(path)
        raise _same(StatementImport.objects.get(account=account, file_hash=digest)) from error
    except BaseException:
        files.forget(path)
        raise
    return statement


def start(*, statement: StatementImport, layout: Layout, act: Act[User]) -> StatementImport:
    """Have a worker read the file in this layout, which the account remembers.

    Raises LayoutRefused, and Stale when it is being read or was read.
    """
    if lacking := statement_rows.missing(layout):
        raise LayoutRefused(_(lacking))
    with transaction.atomic():
        trail.begin(act=act)
        statement = _locked(statement)
        if statement.state not in (State.UPLOADED, State.FAILED):
            raise Stale(_("This statement has been read already."))
        run = begin_job(READ_JOB, statement, act=act)
        statement.state, statement.layout, statement.error = State.READING, layout.kept(), ""
        statement.run_id = run.pk
        statement.save(update_fields=["state", "layout", "error", "run_id"])
        BankAccount.objects.filter(pk=statement.account_id).update(layout=layout.kept())
        _note("statement.layout_confirmed", statement, act=act)
        after_commit("payments.read_statement", statement_id=statement.pk)
    return statement


@transaction.atomic
def discard(*, statement: StatementImport, act: Act[User]) -> None:
    """Throw a file away that has brought no line. Raises ReasonMissing, Stale."""
    act = trail.begin_with_reason(act=act)
    statement = _locked(statement)
    if statement.is_busy or statement.lines.exists():
        raise Stale(_("Lines of this file are in the books' hands; it stays."))
    _note("statement.discarded", statement, act=act)
    path = statement.path
    statement.delete()
    transaction.on_commit(lambda: files.forget(path))


def begin_job(job: str, statement: StatementImport, *, act: Act[User]) -> JobRun:
    """Open the row people watch while a worker does it."""
    detail = {"statement": statement.pk, "file": statement.file_name}
    return jobs.begin(job, detail=detail, act=act)


def guessed(content: bytes, *, encoding: str = "", delimiter: str = "") -> Layout:
    """Return the likeliest layout of a file, with what a person has chosen of it."""
    encoding = encoding or files.guess_encoding(content)
    delimiter = delimiter or files.guess_delimiter(content, encoding)
    first = files.rows(content, encoding=encoding, delimiter=delimiter, most=statement_rows.SAMPLE)
    return statement_rows.guess(
        [cells for _number, cells in first], encoding=encoding, delimiter=delimiter
    )


def _layout(account: BankAccount, content: bytes) -> Layout:
    """Return how this account's files read as a person last said, or the best guess."""
    best = guessed(content)
    if not account.layout:
        return best
    known = statement_rows.layout_of(account.layout)
    return _fitting(known, best, content)


def _fitting(known: Layout, best: Layout, content: bytes) -> Layout:
    """Return what was remembered while it reads the file; a bank may have changed its file."""
    rows = files.rows(
        content, encoding=known.encoding, delimiter=known.delimiter, most=statement_rows.SAMPLE
    )
    try:
        read = [
            statement_rows.read_row(number, cells, known)
            for number, cells in rows
            if number > known.head_row + 1
        ]
    except DomainError:
        return best
    good = sum(isinstance(one, statement_rows.Row) for one in read)
    bad = sum(isinstance(one, statement_rows.RowRefused) for one in read)
    return known if good > bad else best


def _locked(statement: StatementImport) -> StatementImport:
    return (
        StatementImport.objects.select_for_update(of=("self",))
        .select_related("account")
        .get(pk=statement.pk)
    )


def _same(earlier: StatementImport) -> SameFile:
    return SameFile(_("This file has been taken in already."), earlier)


def _note(action: str, statement: StatementImport, *, act: Act[User]) -> None:
    events.record(
        act=act,
        action=action,
        target=statement,
        label=statement.file_name,
        branch_id=statement.account.branch_id,
        after={"account": statement.account.name, "state": statement.state},
    )
