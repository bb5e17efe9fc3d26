"""Tickets that are late or nobody's, and low scores, as items of the inbox."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.inbox.queries.sources import Detail, Done, Fact, Given, Group, Line, Source, Verb
from tickets.models import Survey, Ticket
from tickets.queries import answers, categories, tickets
from tickets.rules import moves, satisfaction
from tickets.services import assignment, surveys
from tickets.views import words


def _waiting(user: User, at: datetime) -> QuerySet[Ticket]:
    """Return what is soon late or late and one's own, and what nobody has."""
    mine = Q(assignee=user, next_warn_at__lte=at)
    found = tickets.visible_to(user).filter(state__in=moves.WORKED)
    return found.filter(Q(assignee__isnull=True) | mine)


def _listed(found: QuerySet[Ticket], _at: datetime) -> QuerySet[Ticket]:
    rows = found.select_related("customer", "category", "assignee").prefetch_related("clocks")
    return rows.order_by("next_due_at", "pk")


def _line(ticket: Ticket) -> Line:
    return Line(
        what=f"{ticket.customer.name}: {ticket.subject}",
        why=words.left(ticket, at=clock.now()) or ticket.number,
        since=ticket.opened_at,
    )


def _detail(_request: Request, ticket: Ticket) -> Detail:
    first = ticket.comments.order_by("pk").first()
    return Detail(
        question=_("Who answers %(number)s?") % {"number": ticket.number},
        said=first.text if first is not None else "",
        facts=[
            Fact(_("Customer"), ticket.customer.name),
            Fact(_("Category"), categories.named(ticket.category)),
            Fact(_("Priority"), ticket.get_priority_display()),
            Fact(_("Promised"), words.left(ticket, at=clock.now()) or "–"),
            Fact(_("Assigned to"), ticket.assignee.name if ticket.assignee else _("Nobody")),
        ],
        url=reverse("staff_tickets:ticket", args=[ticket.number]),
    )


def _take(request: Request, ticket: Ticket, _given: Given) -> Done:
    assignment.assign(ticket=ticket, to=request.user, act=Act.now(request.user))
    return Done(_("%(number)s is yours now.") % {"number": ticket.number})


def _verbs(request: Request, ticket: Ticket) -> list[Verb]:
    is_mine = ticket.assignee_id == request.user.pk
    return [Verb("take", _("Assign to me"), _take, is_possible=not is_mine)]


def _decided(user: User, key: int) -> str | None:
    ticket = tickets.visible_to(user).select_related("assignee").filter(pk=key).first()
    if ticket is None:
        return None
    who = ticket.assignee.name if ticket.assignee else _("Nobody")
    return f"{ticket.get_state_display()}: {who}"


TICKETS = Source(
    kind="ticket",
    label=gettext_lazy("Ticket that waits"),
    group=Group.LINES,
    symbol="messages",
    capability="tickets.work",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)


def _low(user: User, _at: datetime) -> QuerySet[Survey]:
    found = answers.visible_to(user).filter(stars__lte=satisfaction.LOW_STARS)
    return found.filter(followed_up_at__isnull=True)


def _low_listed(found: QuerySet[Survey], _at: datetime) -> QuerySet[Survey]:
    return found.select_related("ticket__customer", "resolver").order_by("answered_at", "pk")


def _low_line(survey: Survey) -> Line:
    stars = _("%(stars)s of 5 stars") % {"stars": survey.stars}
    ticket = survey.ticket
    who = ticket.customer.name if ticket is not None else _("Without a name")
    return Line(
        what=f"{who}: {stars}",
        why=survey.comment or (ticket.subject if ticket is not None else ""),
        since=survey.answered_at or survey.asked_at,
    )


def _low_detail(_request: Request, survey: Survey) -> Detail:
    ticket = survey.ticket
    if ticket is None:  # without a name, nothing that leads to one
        return Detail(
            question=_("What went wrong?"),
            said=survey.comment,
            facts=[Fact(_("Stars"), survey.stars)],
            url=reverse("staff_tickets:surveys"),
        )
    return Detail(
        question=_("What went wrong with %(number)s?") % {"number": ticket.number},
        said=survey.comment,
        facts=[
            Fact(_("Stars"), survey.stars),
            Fact(_("Resolved by"), survey.resolver.name if survey.resolver else "–"),
            Fact(_("Subject"), ticket.subject),
        ],
        url=reverse("staff_tickets:ticket", args=[ticket.number]),
    )


def _followed_up(request: Request, survey: Survey, _given: Given) -> Done:
    surveys.follow_up(survey=survey, act=Act.now(request.user))
    return Done(_("Noted that you have looked into it."))


def _reopen(request: Request, survey: Survey, given: Given) -> Done:
    ticket = surveys.reopen(survey=survey, act=Act.now(request.user, reason=given["reason"]))
    return Done(_("%(number)s is open again.") % {"number": ticket.number})


def _low_verbs(_request: Request, survey: Survey) -> list[Verb]:
    found = [Verb("done", _("Looked into"), _followed_up)]
    if survey.ticket is not None:
        is_possible = survey.ticket.is_resolved
        found.append(Verb("reopen", _("Reopen"), _reopen, form=ReasonForm, is_possible=is_possible))
    return found


def _low_decided(user: User, key: int) -> str | None:
    row = answers.visible_to(user).select_related("followed_up_by").filter(pk=key).first()
    if row is None or row.followed_up_by is None:
        return None
    return _("%(who)s has looked into it.") % {"who": row.followed_up_by.name}


LOW_SCORES = Source(
    kind="low-score",
    label=gettext_lazy("Low score"),
    group=Group.LINES,
    symbol="star",
    capability="tickets.work",
    waiting=_low,
    listed=_low_listed,
    line=_low_line,
    detail=_low_detail,
    verbs=_low_verbs,
    decided=_low_decided,
)
