"""The journal as read: entries and postings by filter, and the last proof of the books."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from billing.ledger.models import Account, JournalEntry, Posting
from ispbill.audit.models import JobRun

PER_PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """Which entries: of these days (both included), and maybe of one account, kind, …"""

    start: date
    end: date
    account: int | None = None
    kind: str = ""
    customer: str = ""  # account number
    branch: int | None = None


@dataclass(frozen=True)
class Page:
    """Some entries, latest first, and the cursor of what comes after ("" at the end)."""

    entries: list[JournalEntry]
    older: str


def journal(wanted: Wanted) -> QuerySet[JournalEntry]:
    """Return the entries wanted, latest day first."""
    found = JournalEntry.objects.filter(posted_on__gte=wanted.start, posted_on__lte=wanted.end)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.branch is not None:
        found = found.filter(branch=wanted.branch)
    if wanted.customer:
        found = found.filter(customer__number=wanted.customer.upper())
    if wanted.account is not None:
        on_it = Posting.objects.filter(entry=OuterRef("pk"), account=wanted.account)
        found = found.filter(Exists(on_it))
    return found.order_by("-posted_on", "-id")


def page(wanted: Wanted, *, after: str = "", size: int = PER_PAGE) -> Page:
    """Return a page of the journal; `after` is the cursor of the page before."""
    found = journal(wanted)
    cursor = _read(after)
    if cursor is not None:
        day, pk = cursor
        found = found.filter(Q(posted_on__lt=day) | Q(posted_on=day, id__lt=pk))
    rows = list(
        found.select_related("customer", "branch", "reverses").prefetch_related(
            "postings__account"
        )[: size + 1]
    )
    shown = rows[:size]
    last = shown[-1] if len(rows) > size else None
    return Page(shown, f"{last.posted_on.isoformat()}_{last.pk}" if last is not None else "")


def turnover(wanted: Wanted) -> Decimal:
    """Return the sum of the debits of the entries wanted."""
    sums = Posting.objects.filter(entry__in=journal(wanted).order_by(), amount__gt=0).aggregate(
        sum=Sum("amount")
    )
    return sums["sum"] or Decimal(0)


def postings(
    account: Account,
    *,
    start: date,
    end: date,
    branch_id: int | None = None,
    before: int | None = None,
) -> QuerySet[Posting]:
    """Return an account's postings of the days `start` to `end`, latest first, by key."""
    found = Posting.objects.filter(
        account=account, entry__posted_on__gte=start, entry__posted_on__lte=end
    )
    if branch_id is not None:
        found = found.filter(entry__branch=branch_id)
    if before is not None:
        found = found.filter(entry_id__lt=before)
    return found.select_related("entry__customer").order_by("-entry_id", "line_no")


def entries() -> QuerySet[JournalEntry]:
    """Return entries with what their page shows."""
    return JournalEntry.objects.select_related("customer", "branch", "reverses").prefetch_related(
        "postings__account"
    )


def last_check() -> JobRun | None:
    """Return the latest proof of the books that is over."""
    done = JobRun.objects.filter(job="check_ledger").exclude(status=JobRun.Status.RUNNING)
    return done.order_by("-started_at").first()


def running_check() -> JobRun | None:
    """Return the proof that is being made."""
    running = JobRun.objects.filter(job="check_ledger", status=JobRun.Status.RUNNING)
    return running.order_by("-started_at").first()


def _read(cursor: str) -> tuple[date, int] | None:
    day, _, pk = cursor.partition("_")
    try:
        return (date.fromisoformat(day), int(pk)) if pk.isascii() and len(pk) < 19 else None
    except ValueError:
        return None
