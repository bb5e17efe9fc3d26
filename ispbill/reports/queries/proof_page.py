"""How every proof of the books went the last time, and when it last failed."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from billing.ledger.models import LedgerSeal
from ispbill.audit.models import AuditSeal, JobRun, JobRunProblem
from ispbill.reports.queries import proofs

JOB = "check_ledger"
HISTORY = 30


@dataclass(frozen=True)
class Proof:
    """One proof: what it means, what it found last (None: not made yet), how long it took."""

    name: str
    meaning: str
    count: int | None
    milliseconds: int | None
    message: str
    last_failed_at: datetime | None

    @property
    def holds(self) -> bool:
        return self.count == 0


@dataclass(frozen=True)
class Shown:
    """The page's figures. `last` is the latest check that is over."""

    proofs: list[Proof]
    last: JobRun | None
    running: JobRun | None
    history: list[JobRun]
    ledger_seal: LedgerSeal | None
    audit_seal: AuditSeal | None

    @property
    def is_sound(self) -> bool:
        last = self.last
        return last is not None and last.status == JobRun.Status.COMPLETED and not last.failed


def show() -> Shown:
    """Return every proof with its latest result; a handful of queries."""
    runs = JobRun.objects.filter(job=JOB).order_by("-started_at", "-pk")
    history = list(
        runs.exclude(status__in=[JobRun.Status.RUNNING, JobRun.Status.WAITING])[:HISTORY]
    )
    last = history[0] if history else None
    results = {
        row["name"]: row for row in (last.detail.get("proofs", []) if last is not None else [])
    }
    messages = (
        dict(last.problems.filter(item_type="proof").values_list("item_label", "message"))
        if last is not None
        else {}
    )
    failed = dict(
        JobRunProblem.objects.filter(run__job=JOB, item_type="proof")
        .values_list("item_label")
        .annotate(at=Max("run__started_at"))
    )
    return Shown(
        proofs=[
            Proof(
                name=name,
                meaning=meaning,
                count=results[name]["count"] if name in results else None,
                milliseconds=results[name]["ms"] if name in results else None,
                message=messages.get(name, ""),
                last_failed_at=failed.get(name),
            )
            for name, meaning in proofs.names().items()
        ],
        last=last,
        running=runs.filter(status=JobRun.Status.RUNNING).first(),
        history=history,
        ledger_seal=LedgerSeal.objects.order_by("-pk").first(),
        audit_seal=AuditSeal.objects.order_by("-pk").first(),
    )
