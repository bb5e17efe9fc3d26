"""/portal/support/: the customer's own tickets. Reads run as the portal's role."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.models import Customer
from customers.views import own_account
from ispbill.accounts.access import customer_only
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.scanning import takes_files
from network.speedtest.models import SpeedTest
from network.speedtest.queries import results
from network.speedtest.views import words as speed_words
from tickets.forms.portal import Answer, Report, Stars
from tickets.models import Attachment, Comment, Survey, Ticket
from tickets.queries import categories, tickets
from tickets.rules import moves
from tickets.services import conversation, intake, resolution, surveys
from tickets.services.conversation import Words
from tickets.services.intake import TooMany
from tickets.views import words
from tickets.views.ticket import handed_out

_SHOWN = 50
SURVEY = (
    "id",
    "ticket_id",
    "customer_id",
    "is_anonymous",
    "asked_at",
    "expires_at",
    "asks_nps",
    "answered_at",
)


@customer_only
@require_GET
def index(request: Request) -> HttpResponse:
    """List the own tickets, live ones first, and say how to reach the office."""
    customer = own_account.of(request)
    at = clock.now()
    rows = list(tickets.own([customer.pk]).order_by("-pk")[:_SHOWN])
    context = {
        "customer": customer,
        "live": [(one, words.promise(one, at=at)) for one in rows if one.is_live],
        "done": [one for one in rows if not one.is_live],
    }
    return render(request, "tickets/portal/index.html", context)


@customer_only
@takes_files
@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    """Report what does not work."""
    customer = own_account.of(request)
    follows = _followed(request, customer)
    speed = _tested(request, customer)
    initial = {"category": request.GET.get("category", "speed" if speed else "")}
    form = Report(request.POST or None, request.FILES or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with rls.as_house():
                    opened = intake.open_ticket(
                        customer=customer,
                        report=_report(form.cleaned_data, follows, speed),
                        act=Act.now(request.user),
                    )
            except TooMany as error:
                form.add_error(None, str(error))
                status = 429
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("We have it, and look into it."))
                return redirect("portal:ticket", opened.number)
    last = tickets.own([customer.pk]).order_by("-pk").values_list("number", flat=True).first()
    _keep_typed(form, f"ticket:{customer.number}:{last or ''}")
    context = {
        "customer": customer,
        "form": form,
        "hints": categories.hints(),
        "follows": follows,
        "speed": speed_words.row(speed) if speed else None,
    }
    return render(request, "tickets/portal/add.html", context, status=status)


@customer_only
@require_GET
def show(request: Request, number: str) -> HttpResponse:
    """Show one of the own tickets; a merged one leads to where it is answered."""
    ticket = _of(request, number)
    if ticket.merged_into_id is not None:
        into = get_object_or_404(tickets.own(request.customer_ids), pk=ticket.merged_into_id)
        return redirect("portal:ticket", into.number)
    return _page(request, ticket, Answer())


@customer_only
@takes_files
@require_POST
def reply(request: Request, number: str) -> HttpResponse:
    """Add a word to one of the own tickets; a resolved one is reopened by it."""
    ticket = _of(request, number)
    form = Answer(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data
        said = Words(given["text"], given["attached"])

        def run() -> None:
            conversation.customer_wrote(
                ticket=ticket, words=said, by=Comment.By.CUSTOMER, act=Act.now(request.user)
            )

        if _done(form, run):
            messages.success(request, _("Sent. We have it."))
            return redirect("portal:ticket", number)
    return _page(request, ticket, form, status=422)


@customer_only
@require_POST
def works(request: Request, number: str) -> HttpResponse:
    """Say that it works again."""
    ticket = _of(request, number)
    form = Answer()
    form.is_bound, form.cleaned_data = True, {}

    def run() -> None:
        resolution.works_again(ticket=ticket, act=Act.now(request.user))

    if _done(form, run):
        messages.success(request, _("Good to hear. You can reopen it for seven days."))
    return redirect("portal:ticket", number)


@customer_only
@require_POST
def survey(request: Request, number: str) -> HttpResponse:
    """Keep how the customer found it."""
    ticket = _of(request, number)
    asked = get_object_or_404(Survey.objects.only(*SURVEY), ticket_id=ticket.pk)
    form = Stars(request.POST, asks_nps=asked.asks_nps, auto_id="survey_%s")
    if form.is_valid():
        given = surveys.Answer(
            form.cleaned_data["stars"], form.cleaned_data["comment"], form.cleaned_data.get("nps")
        )

        def run() -> None:
            surveys.answer(survey=asked, given=given, act=Act.now(request.user))

        if _done(form, run):
            messages.success(request, _("Thank you. That helps us."))
            return redirect("portal:ticket", number)
    return _page(request, ticket, Answer(), stars=form, status=422)


@customer_only
@require_GET
def attachment(request: Request, number: str, pk: int) -> HttpResponse:
    """Hand out a file of an own conversation."""
    ticket = _of(request, number)
    return handed_out(get_object_or_404(Attachment, pk=pk, comment__ticket_id=ticket.pk))


def _page(
    request: Request, ticket: Ticket, form: Answer, *, stars: Stars | None = None, status: int = 200
) -> HttpResponse:
    at = clock.now()
    asked = Survey.objects.only(*SURVEY).filter(ticket_id=ticket.pk, answered_at=None).first()
    is_open = asked is not None and asked.expires_at >= at and ticket.is_resolved
    if stars is None and asked is not None and is_open:
        stars = Stars(asks_nps=asked.asks_nps, auto_id="survey_%s")
    said = list(tickets.own_comments(ticket))
    last = max((one.pk for one in said if one.by == Comment.By.CUSTOMER), default=0)
    _keep_typed(form, f"answer:{ticket.number}:{last}")
    context: dict[str, Any] = {
        "customer": own_account.of(request),
        "ticket": ticket,
        "category": categories.named(ticket.category),
        "comments": said,
        "promise": words.promise(ticket, at=at),
        "form": form if not ticket.is_closed and _may_write(ticket) else None,
        "stars": stars if is_open else None,
        "is_anonymous": asked is not None and asked.is_anonymous,
    }
    return render(request, "tickets/portal/ticket.html", context, status=status)


def _keep_typed(form: Report | Answer, name: str) -> None:
    """Let the browser keep what is typed until it has arrived: then the draft has another name."""
    form.fields["text"].widget.attrs["data-kept"] = name


def _may_write(ticket: Ticket) -> bool:
    if not ticket.is_resolved or ticket.resolved_at is None:
        return True
    return moves.may_reopen(ticket.resolved_at, on=clock.today(), zone=clock.zone())


def _of(request: Request, number: str) -> Ticket:
    return get_object_or_404(tickets.own(request.customer_ids), number=number)


def _followed(request: Request, customer: Customer) -> Ticket | None:
    number = request.GET.get("follows", "")
    return tickets.own([customer.pk]).filter(number=number).first() if number else None


def _tested(request: Request, customer: Customer) -> SpeedTest | None:
    """Return the own speed test that is sent along, if one is."""
    asked = request.GET.get("speed", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        return None
    found = results.own([customer.pk]).filter(finished_at__isnull=False)
    return found.select_related("subscription").filter(pk=asked).first()


def _report(
    given: dict[str, Any], follows: Ticket | None, speed: SpeedTest | None
) -> intake.Report:
    said = given["text"]
    return intake.Report(
        subject="",
        text=f"{said}\n\n{speed_words.for_ticket(speed)}" if speed else said,
        subscription=speed.subscription if speed else None,
        speed_test=speed,
        category=given["category"],
        channel=Ticket.Channel.PORTAL,
        follows=follows,
        files=given["attached"],
    )


def _done(form: Any, run: Callable[[], None]) -> bool:
    """Let a service write, as the house; what it refuses stands above the form."""
    try:
        with rls.as_house():
            run()
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    return True
