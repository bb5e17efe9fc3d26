"""What needs somebody today: each thing with its count and the page that lists it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.changes.queries import pauses
from billing.dunning.queries import dunning
from billing.invoices.models import Document, Invoice
from billing.receivables.queries import deposit_held, waiting
from billing.run.queries import to_approve
from customers.queries import tax_certificates
from ispbill.accounts.access import may, opens
from ispbill.accounts.models import User
from ispbill.accounts.services import code_budget
from ispbill.audit.models import JobRun
from ispbill.audit.queries import job_runs
from ispbill.core import clock, counting
from ispbill.notifications.models import Message
from ispbill.reports.queries.remembered import remembered
from network.queries import unsettled
from payments.bank.queries import clearing, unmatched
from payments.debits.queries import debits
from payments.desk.queries import tills
from payments.online.queries import checkouts

# Rows somebody has to deal with; they are counted together, in one statement.
Rows = list[QuerySet[Any]]


@dataclass(frozen=True)
class Item:
    """One thing to do: its words, how many, where they are listed (URL name and query)."""

    key: str
    label: str | Promise
    count: int
    url_name: str
    query: str
    tone: str


@dataclass(frozen=True)
class _Source:
    key: str
    label: str | Promise
    capability: str
    url_name: str
    query: str
    tone: str
    count: Callable[[date, datetime, int | None], int | Rows]


def _due_today(on: date, _at: datetime, branch_id: int | None) -> Rows:
    due = Invoice.objects.filter(status=Invoice.Status.OPEN, amount_due__gt=0, due_date=on)
    return [due if branch_id is None else due.filter(branch_id=branch_id)]


def _cut_next(on: date, _at: datetime, branch_id: int | None) -> int:
    return remembered(
        f"cut-next:{on}:{branch_id}",
        lambda: sum(dunning.next_cuts(on=on, days=2, branch_id=branch_id).values()),
    )


def _unmatched(_on: date, _at: datetime, _branch_id: int | None) -> Rows:
    return [unmatched.waiting()]


def _chargebacks(_on: date, _at: datetime, _branch_id: int | None) -> Rows:
    return [clearing.chargebacks()]


def _held_payments(_on: date, _at: datetime, branch_id: int | None) -> Rows:
    return [checkouts.undecided(branch_id)]


def _odd_payments(_on: date, _at: datetime, branch_id: int | None) -> Rows:
    return [checkouts.to_look_at(branch_id)]


def _stuck_lines(_on: date, _at: datetime, branch_id: int | None) -> Rows:
    stuck = unsettled.lines().filter(attempts__gt=0)
    return [stuck if branch_id is None else stuck.filter(router__branch_id=branch_id)]


def _failed_messages(_on: date, at: datetime, _branch_id: int | None) -> Rows:
    since = at - timedelta(days=7)
    return [Message.objects.filter(state=Message.State.FAILED, created_at__gte=since)]


def _failed_jobs(_on: date, at: datetime, _branch_id: int | None) -> Rows:
    failed = [JobRun.Status.FAILED, JobRun.Status.PARTIAL]
    return [JobRun.objects.filter(status__in=failed, started_at__gte=at - timedelta(days=1))]


def _broken_proofs(_on: date, _at: datetime, _branch_id: int | None) -> int:
    """What the latest check of the books found; a check that did not end well counts as one."""
    last = (
        JobRun.objects.filter(job="check_ledger")
        .exclude(status__in=[JobRun.Status.RUNNING, JobRun.Status.WAITING])
        .order_by("-started_at")
        .first()
    )
    if last is None or last.status == JobRun.Status.COMPLETED:
        return 0
    return max(last.failed, 1)


def _findings(_on: date, _at: datetime, _branch_id: int | None) -> int:
    """What the nightly revenue leak check found."""
    last = (
        JobRun.objects.filter(job="find_revenue_leaks", status=JobRun.Status.COMPLETED)
        .order_by("-started_at")
        .first()
    )
    return int(last.detail.get("count", 0)) if last is not None else 0


def _missed_jobs(_on: date, at: datetime, _branch_id: int | None) -> int:
    return len(job_runs.missed(at=at, real_at=clock.real_now(), zone=clock.zone()))


def _sign_in_codes(_on: date, _at: datetime, _branch_id: int | None) -> int:
    """How many were sent in this hour, once they near what an hour may have."""
    return code_budget.sent() if code_budget.is_scarce() else 0


def _failed_documents(_on: date, _at: datetime, branch_id: int | None) -> Rows:
    failed = Document.objects.filter(state=Document.State.FAILED)
    return [failed if branch_id is None else failed.filter(customer__branch_id=branch_id)]


def _debit_decisions(_on: date, _at: datetime, branch_id: int | None) -> Rows:
    return debits.to_decide(branch_id=branch_id)


def _certificates(on: date, _at: datetime, branch_id: int | None) -> Rows:
    return [tax_certificates.ending(on=on, branch_id=branch_id)]


def _pauses(_on: date, _at: datetime, branch_id: int | None) -> Rows:
    return [pauses.waiting(branch_id)]


def _deposits_left(_on: date, _at: datetime, branch_id: int | None) -> Rows:
    return [deposit_held.of_who_left(branch_id)]


_SOURCES = (
    _Source("due-today", _("Invoices due today"), "billing.view", "staff_billing:invoices",
            "due=today", "info", _due_today),
    _Source("cut-next", _("Suspensions tonight"), "billing.view", "staff_billing:dunning",
            "", "warning", _cut_next),
    _Source("unmatched", _("Unmatched money"), "bank.view", "staff_payments:unmatched", "",
            "warning", _unmatched),
    _Source("chargebacks", _("Chargebacks"), "bank.view",
            "staff_payments:payouts", "", "warning", _chargebacks),
    _Source("held-payments", _("Online payments to decide"), "payments.view",
            "staff_payments:checkouts", "state=REVIEW", "warning", _held_payments),
    _Source("odd-payments", _("Online payments to look at"), "payments.view",
            "staff_payments:checkouts", "state=LOOK", "warning", _odd_payments),
    _Source("stuck-lines", _("Failed router syncs"), "network.view", "staff_network:sync-queue",
            "", "danger", _stuck_lines),
    _Source("failed-messages", _("Failed messages this week"), "messages.view",
            "staff_notifications:outbox", "state=FAILED", "danger", _failed_messages),
    _Source("failed-jobs", _("Job failures since yesterday"), "jobs.view",
            "staff_audit:job-runs", "status=FAILED", "danger", _failed_jobs),
    _Source("broken-proofs", _("Broken proofs of the books"), "ledger.view",
            "staff_books:proofs", "", "danger", _broken_proofs),
    _Source("findings", _("Revenue leaks"), "ledger.view", "staff_books:findings", "", "warning", _findings),
    _Source("missed-jobs", _("Jobs not run on time"), "jobs.view", "staff_audit:job-runs", "",
            "danger", _missed_jobs),
    _Source("sign-in-codes", _("Sign-in codes this hour: nearly all that are sent in one"),
            "jobs.view", "staff_notifications:outbox", "", "danger", _sign_in_codes),
    _Source("debit-decisions", _("Debit orders to decide"), "debits.run",
            "staff_payments:debit-batches", "", "warning", _debit_decisions),
    _Source("pauses", _("Pause requests"), "services.switch", "staff_billing:pauses", "",
            "info", _pauses),
    _Source("deposits-left", _("Deposits of customers who left"), "payments.refund",
            "staff_payments:deposits", "show=left", "warning", _deposits_left),
    _Source("tax-certificates", _("Tax certificates ending"), "tax.edit",
            "staff_customers:taxes", "", "warning", _certificates),
    _Source("failed-documents", _("Documents not made"), "billing.view", "", "", "danger",
            _failed_documents),
)  # fmt: skip


def _of_cash(user: User) -> tuple[_Source, ...]:
    """Return what is about cash somebody else has held: a count to sign, cash handed over."""
    return (
        _Source(
            "counts-to-sign",
            _("Cash counts to sign"),
            "cash.supervise",
            "staff_payments:shifts",
            "state=COUNTED",
            "warning",
            lambda _on, _at, branch_id: [tills.to_sign(user, branch_id=branch_id)],
        ),
        _Source(
            "hand-overs",
            _("Cash handed to you, to count"),
            "payments.take",
            "staff_payments:cash-desk",
            "",
            "warning",
            lambda _on, _at, _branch_id: [tills.waiting_for(user)],
        ),
    )


def today(*, user: User, on: date, at: datetime, branch_id: int | None = None) -> list[Item]:
    """Return what this person may deal with, each with its count, nothing left out when zero.

    "Tonight" counts the customers whose services the next run would suspend if nobody paid.
    """
    own = [
        Item(
            "approvals",
            _("Waiting for your approval"),
            waiting.to_decide(user, branch_id=branch_id),
            "staff_billing:approvals",
            "",
            "warning",
        )
    ]
    if may(user, "billing.run"):
        plans = to_approve.dry_runs(user, on=on, branch_id=branch_id)
        own.append(
            Item(
                "dry_runs",
                _("Test runs to approve"),
                plans.count(),
                "staff_billing:dry-runs",
                "",
                "warning",
            )
        )
    mine = [
        one
        for one in (*_SOURCES, *_of_cash(user))
        if may(user, one.capability) and (not one.url_name or opens(user, reverse(one.url_name)))
    ]
    counts = _counted([source.count(on, at, branch_id) for source in mine])
    return (own if may(user, "approvals.decide") else []) + [
        Item(
            key=source.key,
            label=source.label,
            count=count,
            url_name=source.url_name,
            query=source.query,
            tone=source.tone,
        )
        for source, count in zip(mine, counts, strict=True)
    ]


def _counted(found: Sequence[int | Rows]) -> list[int]:
    """Return each count; all that are rows to be counted are counted by one statement."""
    left = iter(counting.together([one for one in found if not isinstance(one, int)]))
    return [one if isinstance(one, int) else next(left) for one in found]
