"""/admin/churn/results/: what calling brought, against those left alone."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from churn.models import ChurnSettings, RetentionTask
from churn.queries import results as queries
from churn.rules import saved
from churn.services import retention
from churn.views import words
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request


@require_GET
@staff_only("churn.view")
def page(request: Request) -> HttpResponse:
    """Show customers saved and money brought in, as far as it is proven."""
    visible = queries.visible_to(request.user)
    found = queries.results(visible)
    counted = queries.outcomes(visible)
    states = [(one, counted.get(one.value, 0)) for one in retention.OUTCOMES]
    context = {
        "found": found,
        "tiles": words.tiles(found),
        "rows": words.rows(found),
        "enough": saved.ENOUGH,
        "missing": max(0, saved.ENOUGH - found.held.count),
        "share": ChurnSettings.current().held_out_percent,
        "open": visible.filter(ended_on=None).count(),
        "outcomes": [(RetentionTask.State(one).label, count) for one, count in states],
        "meanings": words.meanings(),
    }
    return render(request, "churn/staff/results.html", context)
