"""What is done about many tickets of the queue at once: the ticked ones, or all of the filters."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from ispbill.accounts import many
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

_both = require_http_methods(["GET", "POST"])


@_both
@staff_only("tickets.work")
def assign(request: Request) -> HttpResponse:
    """Give the chosen tickets to somebody, or to another team."""
    form = forms.Assign(request.POST or None)

    def run(ticket: Ticket) -> None:
        give(ticket, form.cleaned_data, Act.now(request.user))

    return _asked(request, form, run, heading=_("Assign"))


@_both
@staff_only("tickets.work")
def tag(request: Request) -> HttpResponse:
    """Put tags on the chosen tickets, or take some off."""
    form = forms.TagMany(request.POST or None)

    def run(ticket: Ticket) -> None:
        act = Act.now(request.user)
        given = form.cleaned_data
        resolution.tag(ticket=ticket, add=given["add"], remove=given["remove"], act=act)

    return _asked(request, form, run, heading=_("Tag"))


@_both
@staff_only("tickets.work")
def spam(request: Request) -> HttpResponse:
    """Close the chosen tickets as spam, those that came by e-mail."""
    form = forms.Why(request.POST or None)

    def run(ticket: Ticket) -> None:
        act = Act.now(request.user, reason=form.cleaned_data["reason"])
        resolution.close_as_spam(ticket=ticket, act=act)

    return _asked(request, form, run, heading=_("Close as spam"))


def _asked(
    request: Request, form: Any, run: Callable[[Ticket], None], *, heading: str
) -> HttpResponse:
    """Do it to each ticket of a team that the person leads."""
    reach = tickets.visible_to(request.user).select_related("team")

    def filtered(query: QueryDict) -> QuerySet[Ticket]:
        filters = forms.Find(query).filters(view_of(query))
        found = queue.view(reach, filters.view, user=request.user, at=clock.now())
        return queue.filtered(found, filters)

    def as_lead(ticket: Ticket) -> None:
        _check_lead(request, ticket)
        run(ticket)

    return many.carried_out(
        request,
        form,
        as_lead,
        among=many.chosen(many.given(request), reach, filtered),
        heading=heading,
        words=_words(),
        back=reverse("staff_tickets:index"),
    )


def _words() -> many.Words:
    return many.Words(
        count=lambda n: ngettext("%(n)s ticket", "%(n)s tickets", n) % {"n": n},
        done=lambda n: ngettext("Done: %(n)s ticket.", "Done: %(n)s tickets.", n) % {"n": n},
        left=lambda n: (
            ngettext("Not done: %(n)s ticket.", "Not done: %(n)s tickets.", n) % {"n": n}
        ),
        none=_("Tick some tickets first."),
        too_many=_("That is more than 200 tickets. Narrow the filters and do it in parts."),
    )


class NotLead(DomainError):
    """Many at once are for whoever leads."""


def _check_lead(request: Request, ticket: Ticket) -> None:
    if not tickets.leads(request.user, ticket):
        raise NotLead(_("Only who leads the team does this to many tickets."))
