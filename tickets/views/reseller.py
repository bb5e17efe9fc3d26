"""/reseller-portal/tickets/: a reseller writes for the own customers, and reads the answers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from customers.models import Customer
from ispbill.accounts import responses
from ispbill.accounts.access import not_by_collectors, reseller_only
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from ispbill.core.acts import Act
from ispbill.core.scanning import takes_files
from tickets.forms.portal import Answer, Report
from tickets.models import Comment, Ticket
from tickets.queries import categories, tickets
from tickets.services import conversation, intake
from tickets.services.conversation import Words
from tickets.views import words

_SHOWN = 100


@reseller_only
@require_GET
def index(request: Request) -> HttpResponse:
    """List the tickets of the own customers, newest first."""
    rows = tickets.own(request.customer_ids).select_related("category", "customer")
    rows = rows.only(
        *tickets.PORTAL,
        "category__name",
        "category__local_name",
        "customer__name",
        "customer__number",
    )
    return render(request, "tickets/reseller/index.html", {"rows": rows.order_by("-pk")[:_SHOWN]})


@reseller_only
@not_by_collectors
@takes_files
@require_http_methods(["GET", "POST"])
def add(request: Request, number: str) -> HttpResponse:
    """Report something for one of the own customers."""
    customer = get_object_or_404(Customer, pk__in=request.customer_ids, number=number)
    form = Report(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        report = intake.Report(
            subject="",
            text=given["text"],
            category=given["category"],
            channel=Ticket.Channel.RESELLER,
            files=given["attached"],
        )
        with responses.refusals_in(form):
            with rls.as_house():
                opened = intake.open_ticket(
                    customer=customer, report=report, act=Act.now(request.user)
                )
            messages.success(request, _("%(number)s is open.") % {"number": opened.number})
            return redirect("reseller:ticket", opened.number)
    context = {"customer": customer, "form": form, "hints": categories.hints()}
    status = 422 if form.errors else 200
    return render(request, "tickets/reseller/add.html", context, status=status)


@reseller_only
@not_by_collectors
@takes_files
@require_http_methods(["GET", "POST"])
def show(request: Request, number: str) -> HttpResponse:
    """Read a conversation, and add to it."""
    ticket = get_object_or_404(tickets.own(request.customer_ids), number=number)
    form = Answer(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        said = Words(form.cleaned_data["text"], form.cleaned_data["attached"])
        with responses.refusals_in(form):
            with rls.as_house():
                conversation.customer_wrote(
                    ticket=ticket, words=said, by=Comment.By.RESELLER, act=Act.now(request.user)
                )
            messages.success(request, _("Sent."))
            return redirect("reseller:ticket", number)
    context = {
        "ticket": ticket,
        "owner": Customer.objects.get(pk=ticket.customer_id),
        "category": categories.named(ticket.category),
        "comments": tickets.own_comments(ticket),
        "promise": words.promise(ticket, at=clock.now()),
        "form": None if ticket.is_closed else form,
    }
    status = 422 if form.errors else 200
    return render(request, "tickets/reseller/ticket.html", context, status=status)
