"""/admin/day-close/: a branch's cash of the day, closing it, the bank, and the days closed."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.ledger.views.answers import chosen_branch
from billing.receivables.views import documents
from billing.receivables.views.documents import Asked
from billing.tills.models import CashBanking, DayClose
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.downloads import csv_file, xlsx_file
from ispbill.accounts.http import Request
from ispbill.accounts.models import Branch
from ispbill.core import clock, digits, formats, typed_days
from ispbill.core.acts import Act
from payments.desk.forms.desk import Banking, CloseDay
from payments.desk.queries import day_close as facts
from payments.desk.queries import tills
from payments.desk.services import banking, days, papers

PER_PAGE = 31
MOST_ROWS = 5_000


@require_GET
@staff_only("cash.view")
def index(request: Request) -> HttpResponse:
    """The open cash day of a branch (`?branch=`), and the days closed before it."""
    branches = list(tills.branches(request.user))
    branch = _chosen(request, branches)
    day = clock.today()
    through = facts.closed_through(branch.pk)
    is_closed = through is not None and through >= day
    closings = facts.visible_to(request.user).filter(branch=branch)
    before = typed_days.read(request.GET.get("before", ""))
    shown = list((closings.filter(day__lt=before) if before else closings)[: PER_PAGE + 1])
    context = {
        "branch": branch,
        "branches": branches,
        "day": day,
        "sheet": None if is_closed else facts.sheet(branch, after=through, day=day),
        "through": through,
        "safe": tills.safe_amount(branch.pk),
        "closings": shown[:PER_PAGE],
        "older": shown[PER_PAGE - 1].day if len(shown) > PER_PAGE else None,
        "bankings": CashBanking.objects.filter(branch=branch)
        .select_related("moved_by")
        .order_by("-pk")[:5],
        "supervises": may(request.user, "cash.supervise"),
    }
    return render(request, "payments/desk/staff/day_close.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("cash.supervise")
def close(request: Request) -> HttpResponse:
    """Close the cash of today of a branch for good."""
    branch = _chosen(request, list(tills.branches(request.user)))
    today = clock.today()
    form = CloseDay(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            done = days.close(
                branch=branch, day=today, note=form.cleaned_data["note"], act=Act.now(request.user)
            )
            return responses.go(request, _address(done), _("The cash of this day is closed."))
    sheet = facts.sheet(branch, after=facts.closed_through(branch.pk), day=today)
    words = formats.day(today, get_language() or "en")
    effects = [
        _("The safe of %(branch)s holds %(amount)s by the books.")
        % {"branch": branch.name, "amount": formats.money(sheet.safe_after)},
        _("Cash taken later today counts for the next day."),
        _("A closed day is never opened again; corrections are made on the next day."),
    ]
    heading = _("Close the cash of %(day)s?") % {"day": words}
    back = f"{reverse('staff_payments:day-close')}?branch={branch.pk}"
    return responses.dialog(
        request,
        form,
        heading=heading,
        label=_("Close day"),
        back=back,
        effects=effects,
        danger=True,
    )


@require_http_methods(["GET", "POST"])
@staff_only("cash.supervise")
def bank(request: Request) -> HttpResponse:
    """Write down cash that went to the bank, or came from it."""
    branch = _chosen(request, list(tills.branches(request.user)))
    form = Banking(request.POST or None)
    back = f"{reverse('staff_payments:day-close')}?branch={branch.pk}"
    if form.is_valid():
        given = form.cleaned_data
        with responses.refusals_in(form):
            banking.move(
                branch=branch,
                way=given["way"],
                amount=given["amount"],
                slip_number=given["slip_number"],
                idempotency_key=str(given["key"]),
                act=Act.now(request.user),
            )
            return responses.go(request, back, _("The slip is booked."))
    effects = [
        _("The safe of %(branch)s holds %(amount)s by the books.")
        % {"branch": branch.name, "amount": formats.money(tills.safe_amount(branch.pk))}
    ]
    return responses.dialog(
        request, form, heading=_("Cash and the bank"), label=_("Book"), back=back, effects=effects
    )


@require_GET
@staff_only("cash.view")
def detail(request: Request, code: str, day: str) -> HttpResponse:
    """A closed day, as it was closed."""
    closing = _closing(request, code, day)
    return render(request, "payments/desk/staff/closed_day.html", {"closing": closing})


@require_http_methods(["GET", "POST"])
@staff_only("cash.view")
def paper(request: Request, code: str, day: str) -> HttpResponse:
    """The PDF of a closed day: A4, or 80 mm with `?paper=80mm`."""
    closing = _closing(request, code, day)
    return documents.answer(
        request,
        Asked(
            papers.DAY,
            closing.pk,
            get_language() or "en",
            None,
            f"{closing.branch.code} {closing.day}",
            "staff/shell.html",
            papers.variant(request.GET),
        ),
    )


@require_http_methods(["GET", "POST"])
@staff_only("payments.view")
def shift_paper(request: Request, number: str) -> HttpResponse:
    """The PDF of a shift: A4, or 80 mm with `?paper=80mm`."""
    shift = get_object_or_404(tills.visible_to(request.user), number=number)
    return documents.answer(
        request,
        Asked(
            papers.SHIFT,
            shift.pk,
            get_language() or "en",
            None,
            number,
            "staff/shell.html",
            papers.variant(request.GET),
        ),
    )


@require_GET
@staff_only("cash.view")
def export(request: Request) -> HttpResponse:
    """Download the closed days (`?format=csv` or `xlsx`, `?branch=`)."""
    branch = _chosen(request, list(tills.branches(request.user)))
    head = [
        _("Day"), _("Branch"), _("Shifts"), _("Cash moved"), _("Difference"), _("In the safe"),
        _("Closed by"), _("Remark"),
    ]  # fmt: skip
    rows = (
        [
            one.day,
            one.branch.name,
            len(one.figures.get("shifts", [])),
            one.moved_amount,
            one.difference,
            one.safe_amount,
            one.closed_by.name,
            one.note,
        ]
        for one in facts.visible_to(request.user).filter(branch=branch)[:MOST_ROWS]
    )
    if request.GET.get("format") == "xlsx":
        return xlsx_file("day-close", head, rows)
    return csv_file("day-close", head, rows)


def _chosen(request: Request, branches: list[Branch]) -> Branch:
    """Return the branch asked for, that of the top bar, the own one, or the first."""
    wanted: list[Any] = [
        digits.row_id(request.GET.get("branch", "")),
        chosen_branch(request),
        request.user.branch_id,
    ]
    by_id = {branch.pk: branch for branch in branches}
    for pk in wanted:
        if pk in by_id:
            return by_id[pk]
    if not branches:
        raise Http404
    return branches[0]


def _closing(request: Request, code: str, day: str) -> DayClose:
    on = typed_days.read(day)
    if on is None:
        raise Http404
    return get_object_or_404(facts.visible_to(request.user), branch__code=code, day=on)


def _address(closing: DayClose) -> str:
    place = [closing.branch.code, closing.day.isoformat()]
    return reverse("staff_payments:closed-day", args=place)
