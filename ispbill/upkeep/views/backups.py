"""System > Copies: which there are, and whether they were tried."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import restored
from ispbill.upkeep.queries import copies

_PER_PAGE = 30


@staff_only("backups.view")
@require_GET
def index(request: Request) -> HttpResponse:
    """Show the copies, newest first; making one is the job of the night, started now."""
    page = Paginator(copies.newest_first(), _PER_PAGE).get_page(request.GET.get("page", "1"))
    context = {
        "page": page,
        "is_set_up": copies.is_set_up(),
        "held": restored.current(),
        "run_url": reverse("staff_audit:run-now", args=["backup"])
        if copies.is_set_up() and may(request.user, "jobs.run")
        else "",
    }
    return render(request, "upkeep/backups.html", context)
