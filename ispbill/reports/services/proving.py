"""Prove the books as a logged job: one proof after another, each with its result and its time."""

from datetime import date
from typing import Any

from ispbill.audit.models import JobRun
from ispbill.audit.services.jobs import Progress, Tally
from ispbill.reports.queries import proofs
from ispbill.reports.queries.proofs import Finding


def prove(*, progress: Progress, on: date) -> Tally:
    """Make every proof as of the company date `on`; a failed one is a problem of the run."""
    results, findings = _each(progress=progress, on=on)
    return Tally(
        processed=len(results) - len(findings), failed=len(findings), detail={"proofs": results}
    )


def prove_and_note(*, progress: Progress, on: date) -> list[Finding]:
    """The same for a command, which counts and closes its run by itself; return what was found."""
    results, findings = _each(progress=progress, on=on)
    JobRun.objects.filter(pk=progress.run.pk).update(detail={"proofs": results})
    return findings


def _each(*, progress: Progress, on: date) -> tuple[list[dict[str, Any]], list[Finding]]:
    results: list[dict[str, Any]] = []
    findings: list[Finding] = []
    progress.total(len(proofs.names()))
    for number, result in enumerate(proofs.run_all(on=on), start=1):
        results.append(
            {"name": result.check, "count": result.count, "ms": round(result.seconds * 1000)}
        )
        if result.count:
            findings.append(result.finding)
            examples = "; ".join(result.examples[:5])
            progress.problem(
                item_type="proof",
                item_id=number,
                label=result.check,
                message=f"{result.meaning}: {result.count} cases, e.g. {examples}",
            )
        progress.advance(
            processed=0 if result.count else 1, failed=1 if result.count else 0, step=result.check
        )
    return results, findings
