"""Closing months of the books, and reopening the latest."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.books.forms.ledger import CloseForm
from billing.books.queries import closing
from billing.books.services import closing as books
from billing.books.views import ledger_words
from billing.ledger.models import PeriodClose
from billing.ledger.rules import months
from billing.ledger.views import answers
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock, formats
from ispbill.core.acts import Act


@require_GET
@staff_only("ledger.view")
def index(request: Request) -> HttpResponse:
    """Show the closed months, and the checklist of the next."""
    first = closing.next_month()
    today = clock.today()
    context: dict[str, Any] = {
        "first": first,
        "last": months.last_of(first) if first is not None else None,
        "name": _month(first) if first is not None else "",
        "closings": [{"row": row, "name": _month(row.first_day)} for row in closing.closings()],
        "closed_through": closing.closed_through(),
        "may_close": may(request.user, "ledger.close"),
        "may_reopen": may(request.user, "ledger.reopen"),
        "tabs": ledger_words.tabs(request),
    }
    if first is not None:
        items = closing.checklist(first=first, last=months.last_of(first), on=today, at=clock.now())
        context |= {
            "checks": ledger_words.checks(request, items),
            "is_ready": all(item.is_met for item in items if item.is_blocking),
        }
    return render(request, "billing/books/staff/closing.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("ledger.close")
def close(request: Request, month: str) -> HttpResponse:
    """Ask once more, and close the month (`2026-01`)."""
    first = closing.next_month()
    if first is None or f"{first:%Y-%m}" != month:
        raise Http404
    form = CloseForm(request.POST or None)
    back = reverse("staff_billing:closing")
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        with responses.refusals_in(form):
            books.close(
                through=months.last_of(first),
                note=form.cleaned_data["note"],
                act=Act(request.user, at),
            )
            text = _("%(month)s is closed.") % {"month": _month(first)}
            return answers.done(request, text, back=back)
    context = {
        "form": form,
        "form_action": request.path,
        "heading": _("Close %(month)s") % {"month": _month(first)},
        "confirm_label": _("Close month"),
        "back_url": back,
        "is_possible": True,
        "effects": [
            _("No entry can be dated in this month any more, nor before it."),
            _("What comes late is booked on the first day after it, and says which day it is of."),
            _("Only the owner can reopen the month, with a reason."),
        ],
    }
    return responses.form_page(request, "billing/pricing/staff/reason.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("ledger.reopen")
def reopen(request: Request, pk: int) -> HttpResponse:
    """Ask why, and reopen the latest closed month."""
    closed = get_object_or_404(PeriodClose, pk=pk)
    form = ReasonForm(request.POST or None)
    back = reverse("staff_billing:closing")
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            books.reopen(
                closed=closed, act=Act.now(request.user, reason=form.cleaned_data["reason"])
            )
            text = _("%(month)s is open again.") % {"month": _month(closed.first_day)}
            return answers.done(request, text, back=back)
    context = {
        "form": form,
        "form_action": request.path,
        "heading": _("Reopen %(month)s") % {"month": _month(closed.first_day)},
        "confirm_label": _("Reopen month"),
        "danger": True,
        "back_url": back,
        "is_possible": closed.is_closed and closed.last_day == closing.closed_through(),
        "refusal": _("Only the latest closed month can be reopened."),
        "effects": [
            _("Entries can be dated in this month again."),
            _("What was handed to the accountant for it may no longer be all there is."),
        ],
    }
    return responses.form_page(request, "billing/pricing/staff/reason.html", context)


def _month(first: object) -> str:
    return formats.month(first, get_language() or "en")  # type: ignore[arg-type]
