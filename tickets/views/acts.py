"""What staff do about a ticket: take, give, start, resume, resolve, sort, reopen, merge."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers.forms.calls import CallForm
from ispbill.accounts import editing, responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from tickets.forms import staff as forms
from tickets.models import Category, Comment, Team, Ticket
from tickets.queries import tickets
from tickets.rules import moves
from tickets.services import assignment, conversation, merging, reopening, resolution
from tickets.services.resolution import Sorting
from tickets.views.ticket import of

_both = require_http_methods(["GET", "POST"])


@require_POST
@staff_only("tickets.work")
def take(request: Request, number: str) -> HttpResponse:
    """Take a ticket oneself."""
    ticket = of(request, number)
    return _at_once(
        request,
        ticket,
        lambda: assignment.assign(ticket=ticket, to=request.user, act=Act.now(request.user)),
        _("It is yours now."),
    )


@require_POST
@staff_only("tickets.work")
def start(request: Request, number: str) -> HttpResponse:
    """Begin to work on a ticket."""
    ticket = of(request, number)
    return _at_once(
        request,
        ticket,
        lambda: resolution.start(ticket=ticket, act=Act.now(request.user)),
        _("Started."),
    )


@require_POST
@staff_only("tickets.work")
def resume(request: Request, number: str) -> HttpResponse:
    """Go on with what waits for the customer."""
    ticket = of(request, number)
    return _at_once(
        request,
        ticket,
        lambda: resolution.resume(ticket=ticket, act=Act.now(request.user)),
        _("The clock runs again."),
    )


@_both
@staff_only("tickets.work")
def call(request: Request, number: str) -> HttpResponse:
    """Write down a call about a ticket; having spoken is an answer."""
    ticket = of(request, number)
    form = CallForm(request.POST or None, user=request.user)

    def run(_given: dict[str, Any]) -> None:
        conversation.called(ticket=ticket, talk=form.talk(), act=Act.now(request.user))

    return _asked(
        request, ticket, form, run, heading=_("Log call"), said=_("The call is written down.")
    )


@_both
@staff_only("tickets.work")
def resolve(request: Request, number: str) -> HttpResponse:
    """Say that it is solved, and how."""
    ticket = of(request, number)
    form = forms.Resolve(request.POST or None)

    def run(given: dict[str, Any]) -> None:
        resolution.resolve(
            ticket=ticket, cause=given["cause"], text=given["text"], act=Act.now(request.user)
        )

    effects = [
        _("The customer is told, and may reopen it for seven days."),
        _("The customer is asked how it was."),
    ]
    return _asked(
        request, ticket, form, run, heading=_("Resolve"), said=_("Resolved."), effects=effects
    )


@_both
@staff_only("tickets.work")
@editing.one_at_a_time
def sort(request: Request, number: str) -> HttpResponse:
    """Change what a ticket is about, or how urgent it is."""
    ticket = editing.held(request, of(request, number), no_key=True)
    initial = {
        "subject": ticket.subject,
        "category": ticket.category.code,
        "priority": ticket.priority,
        "tags": ", ".join(ticket.tags),
    }
    form = editing.form(request, forms.Sort, about=ticket, initial=initial)

    def run(given: dict[str, Any]) -> None:
        category = Category.objects.get(code=given["category"])
        to = Sorting(category, given["priority"], given["subject"], given["tags"])
        resolution.sort(ticket=ticket, to=to, act=Act.now(request.user, reason=given["reason"]))

    return _asked(request, ticket, form, run, heading=_("Sort"), said=_("Sorted."))


@_both
@staff_only("tickets.work")
def assign(request: Request, number: str) -> HttpResponse:
    """Give a ticket to somebody, or to another team."""
    ticket = of(request, number)
    initial = {"to": ticket.assignee_id or ""}
    form = forms.Assign(request.POST or None, initial=initial)

    def run(given: dict[str, Any]) -> None:
        give(ticket, given, Act.now(request.user))

    return _asked(request, ticket, form, run, heading=_("Assign"), said=_("Assigned."))


@_both
@staff_only("tickets.work")
def reopen(request: Request, number: str) -> HttpResponse:
    """Open a resolved ticket again."""
    ticket = of(request, number)
    form = forms.Why(request.POST or None)

    def run(given: dict[str, Any]) -> None:
        reopening.reopen(ticket=ticket, act=Act.now(request.user, reason=given["reason"]))

    return _asked(request, ticket, form, run, heading=_("Reopen"), said=_("Reopened."))


@_both
@staff_only("tickets.work")
def spam(request: Request, number: str) -> HttpResponse:
    """Close a ticket that came by e-mail as spam."""
    ticket = of(request, number)
    form = forms.Why(request.POST or None)

    def run(given: dict[str, Any]) -> None:
        act = Act.now(request.user, reason=given["reason"])
        resolution.close_as_spam(ticket=ticket, act=act)

    return _asked(request, ticket, form, run, heading=_("Close as spam"), said=_("Closed as spam."))


@_both
@staff_only("tickets.work")
def merge(request: Request, number: str) -> HttpResponse:
    """Merge a ticket with another of the customer, into the older one."""
    ticket = of(request, number)
    _check_lead(request, ticket)
    others = Ticket.objects.filter(customer_id=ticket.customer_id).exclude(pk=ticket.pk)
    others = others.exclude(state=moves.CLOSED).order_by("-pk")
    form = forms.Merge(request.POST or None, others=others)
    target = {"number": number}

    def run(given: dict[str, Any]) -> None:
        other = get_object_or_404(others, number=given["other"])
        act = Act.now(request.user, reason=given["reason"])
        target["number"] = merging.merge(one=ticket, other=other, act=act).number

    effects = [
        _("The conversation goes on in the older one; the newer is closed."),
        _("There is no way back."),
    ]
    back = reverse("staff_tickets:ticket", args=[number])
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            run(form.cleaned_data)
            address = reverse("staff_tickets:ticket", args=[target["number"]])
            return responses.go(request, address, _("Merged."))
    return responses.dialog(
        request, form, heading=_("Merge"), label=_("Merge"), back=back, effects=effects, danger=True
    )


@_both
@staff_only("tickets.work")
def redact(request: Request, number: str, pk: int) -> HttpResponse:
    """Take a text out of the conversation, for a reason."""
    ticket = of(request, number)
    _check_lead(request, ticket)
    comment = get_object_or_404(Comment, pk=pk, ticket=ticket)
    form = forms.Why(request.POST or None)

    def run(given: dict[str, Any]) -> None:
        conversation.redact(comment=comment, act=Act.now(request.user, reason=given["reason"]))

    return _asked(request, ticket, form, run, heading=_("Take the text out"), said=_("Taken out."))


def give(ticket: Ticket, given: dict[str, Any], act: Act[User]) -> None:
    """Give a ticket to whom the form says: a person, another team, or nobody."""
    if given["team"]:
        assignment.move_to_team(ticket=ticket, team=Team.objects.get(pk=given["team"]), act=act)
        return
    to = User.objects.get(pk=given["to"]) if given["to"] else None
    assignment.assign(ticket=ticket, to=to, act=act)


def _check_lead(request: Request, ticket: Ticket) -> None:
    if not tickets.leads(request.user, ticket):
        raise PermissionDenied


def _at_once(
    request: Request, ticket: Ticket, run: Callable[[], object], said: str
) -> HttpResponse:
    back = reverse("staff_tickets:ticket", args=[ticket.number])
    try:
        run()
    except DomainError as error:
        return responses.done(request, str(error), back=back, level="warning")
    return responses.done(request, said, back=back)


def _asked(
    request: Request,
    ticket: Ticket,
    form: Any,
    run: Callable[[dict[str, Any]], None],
    *,
    heading: str,
    said: str,
    effects: list[str] | None = None,
) -> HttpResponse:
    """Ask in a dialog and do it; what is refused stands above the form."""
    back = reverse("staff_tickets:ticket", args=[ticket.number])
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            run(form.cleaned_data)
            return responses.done(request, said, back=back)
    return responses.dialog(
        request, form, heading=heading, label=heading, back=back, effects=effects or ()
    )
