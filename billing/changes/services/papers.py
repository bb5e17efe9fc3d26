"""The document that says why a bill changed."""

from billing.changes.queries import change_paper
from billing.invoices.services.documents import Paper, Wanted


def change(wanted: Wanted) -> Paper:
    """Lay out why a bill changed. Raises PackageChange.DoesNotExist."""
    return Paper(
        "billing/changes/pdf/change.html", change_paper.context(wanted.source_id, wanted.language)
    )
