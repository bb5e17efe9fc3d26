"""One ticket: the conversation, the answer, the remark, and the files."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.models import Customer
from ispbill.accounts import own_pages, responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.core.scanning import takes_files
from ispbill.inbox.services import bell
from network.speedtest.views import words as speed_words
from tickets.forms.staff import Remark, Reply
from tickets.models import Attachment, CannedReply, Comment, Survey, Ticket
from tickets.queries import beside, categories, tickets
from tickets.rules import canned, mentions
from tickets.services import conversation
from tickets.services.conversation import Overtaken, Words
from tickets.views import words


@require_GET
@staff_only("tickets.view")
def show(request: Request, number: str) -> HttpResponse:
    """Show one ticket with what stands beside it."""
    ticket = of(request, number)
    own_pages.looked_at(request.user, label=str(ticket), url=request.path)
    bell.seen(user=request.user, url=request.path, act=Act.now(request.user))
    return _page(request, ticket, Reply(auto_id="reply_%s"), Remark(auto_id="note_%s"))


@require_POST
@staff_only("tickets.work")
@takes_files
def reply(request: Request, number: str) -> HttpResponse:
    """Answer the customer; over a newer word of somebody else it is shown first (409)."""
    ticket = of(request, number)
    form = Reply(request.POST, request.FILES, auto_id="reply_%s")
    unseen: Sequence[Comment] = ()
    status = 422
    if form.is_valid():
        given = form.cleaned_data
        try:
            conversation.reply(
                ticket=ticket,
                words=Words(given["text"], given["attached"], given["seen"] or 0),
                then_waits="wait" in request.POST,
                act=Act.now(request.user),
            )
        except Overtaken as error:
            form.add_error(None, str(error))
            unseen, status = error.comments, 409
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return responses.go(request, request.path_info.removesuffix("reply/"), _("Sent."))
    return _page(request, ticket, form, Remark(auto_id="note_%s"), status=status, unseen=unseen)


@require_POST
@staff_only("notes.write")
def note(request: Request, number: str) -> HttpResponse:
    """Add a remark that only staff read."""
    ticket = of(request, number)
    form = Remark(request.POST, auto_id="note_%s")
    if form.is_valid():
        with responses.refusals_in(form):
            conversation.note(
                ticket=ticket, text=form.cleaned_data["text"], act=Act.now(request.user)
            )
            return redirect("staff_tickets:ticket", number)
    return _page(request, ticket, Reply(auto_id="reply_%s"), form, status=422)


@require_GET
@staff_only("tickets.view")
def attachment(request: Request, number: str, pk: int) -> HttpResponse:
    """Hand out a file of the conversation."""
    ticket = of(request, number)
    return handed_out(get_object_or_404(Attachment, pk=pk, comment__ticket=ticket))


def handed_out(file: Attachment) -> HttpResponse:
    """Return a file: a picture is shown, anything else is downloaded."""
    response = HttpResponse(bytes(file.content), content_type=file.media_type)
    how = "inline" if file.is_picture else "attachment"
    name = file.name.replace('"', "").replace("\\", "")
    response["Content-Disposition"] = f'{how}; filename="{name.encode("ascii", "ignore").decode()}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def of(request: Request, number: str) -> Ticket:
    """Return a ticket in reach by its number; another branch's is not found."""
    found = tickets.visible_to(request.user).select_related(
        "customer", "category", "assignee", "team", "subscription__package", "merged_into"
    )
    return get_object_or_404(found, number=number)


def _page(
    request: Request,
    ticket: Ticket,
    form: Reply,
    note_form: Remark,
    *,
    status: int = 200,
    unseen: Sequence[Comment] = (),
) -> HttpResponse:
    at, user = clock.now(), request.user
    found = ticket.comments.select_related("author", "mail").defer("mail__raw")
    said = found.prefetch_related("attachments").order_by("pk")
    comments = list(said)
    remarks = list(ticket.remarks.select_related("author").order_by("pk"))
    is_worker = may(user, "tickets.work")
    # After a refusal only what is newly shown counts as read.
    seen = comments[-1].pk if comments else 0
    clocks = ticket.clocks.order_by("pk")
    known = beside.of(
        ticket, sees_money=may(user, "billing.view"), sees_lines=may(user, "network.view")
    )
    context: dict[str, Any] = {
        "ticket": ticket,
        "customer": ticket.customer,
        "category": categories.named(ticket.category),
        "entries": sorted(chain(comments, remarks), key=lambda one: (one.at, one.pk)),
        "unseen": unseen,
        "seen": seen,
        "form": form,
        "note_form": note_form,
        "row": words.row(ticket, at=at),
        "clocks": [(one, words.of_clock(one, at=at)) for one in clocks if not one.is_over],
        "ended": [one for one in clocks if one.is_over],
        "beside": known,
        "speed": speed_words.row(known.speed_test) if known.speed_test else None,
        "may_work": is_worker,
        "may_note": may(user, "notes.write"),
        "colleagues": _colleagues(ticket, user) if may(user, "notes.write") else [],
        "leads": tickets.leads(user, ticket),
        "canned": _canned(ticket, user.name) if is_worker else [],
        "survey": Survey.objects.filter(ticket=ticket).first(),
    }
    return render(request, "tickets/staff/ticket.html", context, status=status)


def _colleagues(ticket: Ticket, user: User) -> list[tuple[str, str]]:
    """Return how each colleague is mentioned, and the name."""
    others = [one for one in tickets.readers(ticket) if one.pk != user.pk]
    return [(f"@{mentions.handle(one.name)}", one.name) for one in others]


def _canned(ticket: Ticket, agent: str) -> list[dict[str, str]]:
    """Return the replies kept for use again, filled in for this ticket."""
    customer: Customer = ticket.customer
    values = {
        "name": customer.name,
        "number": customer.number,
        "ticket": ticket.number,
        "company": Company.current().name,
        "agent": agent.split(" ")[0],
    }
    rows = CannedReply.objects.filter(is_active=True, language=customer.language)
    fitting = [
        one for one in rows.order_by("title") if one.category_id in (None, ticket.category_id)
    ]
    return [{"title": one.title, "text": canned.filled(one.text, values)} for one in fitting]
