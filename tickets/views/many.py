"""What is done about many tickets of the queue at once: the ticked ones, or all of the filters."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from tickets.forms import staff as forms
from tickets.models import Ticket
from tickets.queries import queue, tickets
from tickets.services import resolution
from tickets.views.acts import give
from tickets.views.queue import view_of

MOST = 200

_both = require_http_methods(["GET", "POST"])


@_both
@staff_only("tickets.work")
def assign(request: Request) -> HttpResponse:
    """Give the chosen tickets to somebody, or to another team."""
    form = forms.Assign(request.POST or None)

    def run(ticket: Ticket, given: dict[str, Any]) -> None:
        give(ticket, given, Act.now(request.user))

    return _asked(request, form, run, heading=_("Assign"))


@_both
@staff_only("tickets.work")
def tag(request: Request) -> HttpResponse:
    """Put tags on the chosen tickets, or take some off."""
    form = forms.TagMany(request.POST or None)

    def run(ticket: Ticket, given: dict[str, Any]) -> None:
        act = Act.now(request.user)
        resolution.tag(ticket=ticket, add=given["add"], remove=given["remove"], act=act)

    return _asked(request, form, run, heading=_("Tag"))


@_both
@staff_only("tickets.work")
def spam(request: Request) -> HttpResponse:
    """Close the chosen tickets as spam, those that came by e-mail."""
    form = forms.Why(request.POST or None)

    def run(ticket: Ticket, given: dict[str, Any]) -> None:
        act = Act.now(request.user, reason=given["reason"])
        resolution.close_as_spam(ticket=ticket, act=act)

    return _asked(request, form, run, heading=_("Close as spam"))


def _asked(
    request: Request, form: Any, run: Callable[[Ticket, dict[str, Any]], None], *, heading: str
) -> HttpResponse:
    """Ask once and do it to each; what one refuses does not keep the others from it."""
    given = request.POST if request.method == "POST" else request.GET
    rows, repeated = _chosen(request, given)
    back = reverse("staff_tickets:index")
    refusal = _refusal(rows)
    if request.method == "POST" and form.is_valid() and not refusal:
        done, refused = 0, ""
        for ticket in rows:
            try:
                _check_lead(request, ticket)
                run(ticket, form.cleaned_data)
            except DomainError as error:
                refused = refused or str(error)
            else:
                done += 1
        if done:
            return responses.done(request, _said(done, len(rows) - done, refused), back=back)
        form.add_error(None, refused)
    elif request.method == "POST" and refusal:
        form.add_error(None, refusal)
    count = ngettext("%(n)s ticket", "%(n)s tickets", len(rows)) % {"n": len(rows)}
    context = {
        "form": form,
        "form_action": request.path,
        "heading": f"{heading}: {count}",
        "confirm_label": heading,
        "repeated": repeated,
        "back_url": back,
    }
    return responses.form_page(request, "staff/many.html", context)


def _chosen(request: Request, given: QueryDict) -> tuple[list[Ticket], list[tuple[str, str]]]:
    """Return the tickets in reach that are meant, and how the form tells of them again."""
    reach = tickets.visible_to(request.user).select_related("team")
    if given.get("all") == "1":
        query = QueryDict(given.get("filters", ""))
        filters = forms.Find(query).filters(view_of(query))
        found = queue.view(reach, filters.view, user=request.user, at=clock.now())
        rows = queue.filtered(found, filters).order_by("pk")[: MOST + 1]
        return list(rows), [("all", "1"), ("filters", given.get("filters", ""))]
    ids = [one for one in given.getlist("ids") if one.isascii() and one.isdigit()][: MOST + 1]
    rows = reach.filter(pk__in=[int(one) for one in ids if len(one) < 19]).order_by("pk")
    return list(rows), [("ids", one) for one in ids]


class NotLead(DomainError):
    """Many at once are for whoever leads."""


def _check_lead(request: Request, ticket: Ticket) -> None:
    if not tickets.leads(request.user, ticket):
        raise NotLead(_("Only who leads the team does this to many tickets."))


def _refusal(rows: list[Ticket]) -> str:
    if not rows:
        return _("Tick some tickets first.")
    if len(rows) > MOST:
        return _("That is more than 200 tickets. Narrow the filters and do it in parts.")
    return ""


def _said(done: int, left: int, refused: str) -> str:
    said = ngettext("Done: %(n)s ticket.", "Done: %(n)s tickets.", done) % {"n": done}
    if not left:
        return said
    rest = ngettext("Not done: %(n)s ticket.", "Not done: %(n)s tickets.", left) % {"n": left}
    return f"{said} {rest} {refused}"
