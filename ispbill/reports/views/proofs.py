"""The page that says whether the books are balanced, since when, and why we know."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from billing.books.views import ledger_words
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.queries import job_runs
from ispbill.audit.services import run_now
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.reports.queries import proof_page


@require_GET
@staff_only("ledger.view")
def index(request: Request) -> HttpResponse:
    """Show every proof with its latest result, the history and the chains of hashes."""
    shown = proof_page.show()
    ago = ""
    if shown.last is not None and shown.last.finished_at is not None:
        length = max(clock.now() - shown.last.finished_at, timedelta(0))
        ago = formats.duration(length, get_language() or "en")
    context = {
        "shown": shown,
        "ago": ago,
        "durations": [
            run.duration.total_seconds() for run in reversed(shown.history) if run.duration
        ],
        "may_run": may(request.user, "jobs.run"),
        "may_see_runs": may(request.user, "jobs.view"),
        "tabs": ledger_words.tabs(request),
    }
    if shown.running is not None:
        context |= job_runs.progress(shown.running)
    return render(request, "reports/staff/proofs.html", context)


@require_POST
@staff_only("jobs.run")
def start(request: Request) -> HttpResponse:
    """Have the books proven now."""
    if proof_page.show().running is not None:
        messages.info(request, _("The books are being checked at this moment."))
        return redirect("staff_books:proofs")
    try:
        run_now.start(
            job=proof_page.JOB,
            act=Act.now(request.user, reason="asked for on the page of the proofs"),
        )
    except DomainError as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("The books are being checked; look again in a moment."))
    return redirect("staff_books:proofs")
