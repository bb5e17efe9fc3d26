"""Who may see which ticket; the only door from a request to one."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from ispbill.accounts.access import branch_scope, may
from ispbill.accounts.capabilities import CAPABILITIES
from ispbill.accounts.models import User
from tickets.models import Comment, Ticket

# What the role of the portals may read (`guards/table_ticket.sql`).
PORTAL = (
    "number",
    "customer_id",
    "subscription_id",
    "subject",
    "category",
    "priority",
    "state",
    "channel",
    "opened_at",
    "waiting_since",
    "last_public_at",
    "resolved_at",
    "closed_at",
    "cause",
    "merged_into_id",
    "follows_id",
    "next_due_at",
)


def visible_to(user: User) -> QuerySet[Ticket]:
    """Return the tickets a member of staff may open; a branch manager sees those of the branch."""
    if not user.is_console_user or not may(user, "tickets.view"):
        return Ticket.objects.none()
    branch = branch_scope(user)
    return Ticket.objects.all() if branch is None else Ticket.objects.filter(branch_id=branch)


def own(customer_ids: Iterable[int]) -> QuerySet[Ticket]:
    """Return the tickets of a portal's customers, with the columns a portal may read."""
    found = Ticket.objects.filter(customer_id__in=customer_ids)
    return found.select_related("category").only(*PORTAL, "category__name", "category__local_name")


def own_comments(ticket: Ticket) -> QuerySet[Comment]:
    """Return a ticket's conversation as its customer reads it."""
    return (
        Comment.objects.filter(ticket_id=ticket.pk).prefetch_related("attachments").order_by("pk")
    )


def readers(ticket: Ticket) -> list[User]:
    """Return the colleagues who may open a ticket, by name."""
    staff = User.objects.filter(is_active=True, role__in=CAPABILITIES["tickets.view"])
    return [
        one
        for one in staff.order_by("name", "pk")
        if one.is_console_user and branch_scope(one) in (None, ticket.branch_id)
    ]


def leads(user: User, ticket: Ticket) -> bool:
    """Tell whether somebody leads here: by role, or as the lead of the ticket's team."""
    if may(user, "tickets.lead"):
        return True
    return ticket.team is not None and ticket.team.lead_id == user.pk


def opened_since(customer_id: int, since: datetime) -> QuerySet[Ticket]:
    """Return what a customer (or a reseller for one) has opened since a moment."""
    channels = [Ticket.Channel.PORTAL, Ticket.Channel.RESELLER]
    return Ticket.objects.filter(customer_id=customer_id, channel__in=channels, opened_at__gt=since)


def equal_lately(customer_id: int, text: str, *, at: datetime) -> Ticket | None:
    """Return the ticket of the last ten minutes that says the same; None otherwise."""
    since = at - timedelta(minutes=10)
    same = Q(comments__text=text, comments__at__gt=since)
    return opened_since(customer_id, since).filter(same).order_by("pk").first()
