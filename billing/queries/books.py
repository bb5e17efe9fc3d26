"""The books as read: balances of accounts, the entries behind them, and their last proof."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet

from billing.models import Account, JournalEntry, Posting
from ispbill.audit.models import JobRun

PER_PAGE = 50


@dataclass(frozen=True)
class Balance:
    """An account's balance: debit positive, in the company's currency."""

    account: Account
    amount: Decimal

    @property
    def debit(self) -> Decimal:
        return max(self.amount, Decimal(0))

    @property
    def credit(self) -> Decimal:
        return max(-self.amount, Decimal(0))


@dataclass(frozen=True)
class Trial:
    """The balance of every account; the two sides are equal when the books hold."""

    balances: list[Balance]

    @property
    def debit(self) -> Decimal:
        return sum((one.debit for one in self.balances), start=Decimal(0))

    @property
    def credit(self) -> Decimal:
        return sum((one.credit for one in self.balances), start=Decimal(0))

    @property
    def is_balanced(self) -> bool:
        return self.debit == self.credit


# All postings are added up in one pass; those after the day are few for a recent day, are found
# by the entries' index, and are taken off again.
_TRIAL = """
    SELECT a.account_id, a.amount - coalesce(l.amount, 0)
    FROM (SELECT account_id, sum(amount) AS amount FROM billing_posting GROUP BY account_id) a
    LEFT JOIN (SELECT p.account_id, sum(p.amount) AS amount
               FROM billing_journalentry e JOIN billing_posting p ON p.entry_id = e.id
               WHERE e.posted_on > %s GROUP BY p.account_id) l ON l.account_id = a.account_id
"""


def trial_balance(*, on: date) -> Trial:
    """Return the balances at the end of the company date `on`."""
    with connection.cursor() as cursor:
        cursor.execute(_TRIAL, [on])
        amounts = dict(cursor.fetchall())
    accounts = Account.objects.order_by("code")
    return Trial([Balance(one, amounts.get(one.code, Decimal(0))) for one in accounts])


def postings(
    account: Account, *, start: date, end: date, before: int | None = None
) -> QuerySet[Posting]:
    """Return an account's postings of the days `start` to `end`, latest first, by key."""
    found = Posting.objects.filter(
        account=account, entry__posted_on__gte=start, entry__posted_on__lte=end
    )
    if before is not None:
        found = found.filter(entry_id__lt=before)
    return found.select_related("entry__customer").order_by("-entry_id", "line_no")


def movement(account: Account, *, start: date, end: date) -> tuple[Decimal, Decimal]:
    """Return what went into an account on the left and on the right side in those days."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0),"
            " coalesce(-sum(p.amount) FILTER (WHERE p.amount < 0), 0)"
            " FROM billing_journalentry e JOIN billing_posting p ON p.entry_id = e.id"
            " WHERE e.posted_on BETWEEN %s AND %s AND p.account_id = %s",
            [start, end, account.pk],
        )
        debit, credit = cursor.fetchone()
    return debit, credit


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
