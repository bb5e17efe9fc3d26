"""The journal of some days for an accountant: one row a posting, in the order of the books."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from billing.books.queries import sources
from billing.books.rules import beancount
from billing.books.rules.beancount import Booked, Written
from billing.ledger.models import Account, JournalEntry, Posting
from billing.ledger.queries import trial
from ispbill.core.models import Company

Line = tuple[int, date, str, str, str, str, str, str, int, str, Decimal, Decimal]
CHUNK = 2_000


def postings(*, start: date, end: date, branch_id: int | None = None) -> Iterator[Line]:
    """Yield entry, day, kind, document, customer number and name, branch, memo, account, its name,
    debit and credit of every posting of the days `start` to `end`."""
    for entry, document, rows in _entries(start=start, end=end, branch_id=branch_id):
        customer = entry.customer
        for row in rows:
            yield (
                entry.pk,
                entry.posted_on,
                entry.kind,
                document,
                customer.number if customer else "",
                customer.name if customer else "",
                entry.branch.name,
                entry.memo,
                row.account_id,
                row.account.name,
                row.debit,
                row.credit,
            )


def plain_text(*, start: date, end: date, branch_id: int | None = None) -> Iterator[str]:
    """Yield the same days as a Beancount file, with opening and closing balances."""
    company = Company.current()
    balances = trial.trial_balance(start=start, end=end, branch_id=branch_id).balances
    accounts = [Booked(one.code, one.name, one.kind) for one in Account.objects.order_by("code")]
    return beancount.lines(
        title=f"{company.name} {start} – {end}",
        currency=company.currency,
        opened_on=start,
        accounts=accounts,
        opening=[(one.account.code, one.opening) for one in balances],
        entries=_written(start=start, end=end, branch_id=branch_id),
        closing_on=end + timedelta(days=1),
        closing=[(one.account.code, one.amount) for one in balances],
    )


def _written(*, start: date, end: date, branch_id: int | None) -> Iterator[Written]:
    for entry, document, rows in _entries(start=start, end=end, branch_id=branch_id):
        yield Written(
            number=entry.pk,
            on=entry.posted_on,
            kind=entry.kind,
            document=document,
            party=f"{entry.customer.number} {entry.customer.name}" if entry.customer else "",
            branch=entry.branch.name,
            memo=entry.memo,
            postings=tuple((row.account_id, row.amount) for row in rows),
        )


def _entries(
    *, start: date, end: date, branch_id: int | None
) -> Iterator[tuple[JournalEntry, str, list[Posting]]]:
    """Yield entries by day and key with their document and postings, in chunks by key."""
    found = JournalEntry.objects.filter(posted_on__range=(start, end)).select_related(
        "customer", "branch"
    )
    if branch_id is not None:
        found = found.filter(branch=branch_id)
    keys = list(found.order_by("posted_on", "id").values_list("pk", flat=True))
    for place in range(0, len(keys), CHUNK):
        part = keys[place : place + CHUNK]
        entries = {entry.pk: entry for entry in found.filter(pk__in=part)}
        about = sources.of(entries.values())
        rows = Posting.objects.filter(entry__in=part).select_related("account")
        by_entry = {
            pk: list(group)
            for pk, group in groupby(
                rows.order_by("entry_id", "line_no"), key=lambda row: row.entry_id
            )
        }
        for pk in part:
            yield entries[pk], about[pk].label, by_entry[pk]
