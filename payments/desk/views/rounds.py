"""/admin/collect/: a collector's round on a phone, and the same as a sheet of paper."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.receivables.views import documents
from billing.receivables.views.documents import Asked
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from payments.desk.queries import rounds, tills
from payments.desk.services import papers


@require_GET
@staff_only("payments.take")
def collect(request: Request) -> HttpResponse:
    """Who owes, house after house (`?branch=`, `?area=`, `?mine=1`), and taking it at the door."""
    choice = _choice(request)
    query = {"branch": choice.branch_id, "area": choice.area_id, "mine": _mine(request)}
    kept = urlencode({name: value for name, value in query.items() if value})
    context = {
        "choice": choice,
        "route": rounds.route(choice),
        "branches": list(tills.branches(request.user)),
        "areas": rounds.areas(request.user, choice.branch_id),
        "mine": bool(_mine(request)),
        "shift": tills.open_of(request.user),
        "sheet_url": f"{reverse('staff_payments:collect-sheet')}?{kept}",
        "pay_url": reverse("staff_payments:pay"),
    }
    return render(request, "payments/desk/staff/collect.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("payments.take")
def sheet(request: Request) -> HttpResponse:
    """The collector's sheet as PDF (`?paper=80mm`), made by a worker from what is owed now."""
    choice = _choice(request)
    variant = papers.round_variant(choice, clock.today(), papers.variant(request.GET))
    asked = Asked(
        papers.ROUND,
        choice.branch_id,
        get_language() or "en",
        None,
        _("Collector's sheet"),
        "staff/shell.html",
        variant,
    )
    return documents.answer(request, asked)


def _choice(request: Request) -> rounds.Choice:
    """Read the address. Raises Http404 for what lies out of reach."""
    branches = list(tills.branches(request.user).values_list("pk", flat=True))
    if not branches:
        raise Http404
    branch = _number(request, "branch") or request.user.branch_id
    if branch not in branches:
        branch = branches[0]
    choice = rounds.Choice(
        branch_id=branch,
        area_id=_number(request, "area"),
        collector_id=request.user.pk if _mine(request) else None,
    )
    if not rounds.may_collect_from(request.user, choice):
        # Another branch was chosen while an area of the first one was in the form.
        choice = rounds.Choice(branch_id=branch, collector_id=choice.collector_id)
    return choice


def _mine(request: Request) -> str:
    return "1" if request.GET.get("mine") == "1" else ""


def _number(request: Request, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
