"""/admin/messages/: the outbox, one message, and what may be done with it."""

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import chips, paging
from ispbill.core.acts import Act
from ispbill.notifications.forms.staff import OutboxFilters
from ispbill.notifications.models import Message
from ispbill.notifications.queries import bounces, outbox, providers, reading, texts
from ispbill.notifications.services import outbox as desk

_STATES = (Message.State.QUEUED, Message.State.FAILED, Message.State.SENT)


@require_GET
@staff_only("messages.view")
def index(request: Request) -> HttpResponse:
    """The outbox: newest first, filtered by the address; the list alone for htmx."""
    form = OutboxFilters(request.GET)
    asked = form.filters()
    page = outbox.page(
        outbox.found(request.user, asked),
        user=request.user,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "form": form,
        "query": asked.q,
        "page": page,
        "pager": paging.foot(page, request.GET, size=page.size),
        "tabs": paging.tabs(request.GET, "state", _views()),
        "chips": chips.of(form, request.GET, but=("q", "state")),
        "is_filtered": any(form.cleaned_data.values()),
        "is_swap": responses.is_fragment(request, "list"),
        "may_edit": may(request.user, "messages.edit"),
        "unprovided": ", ".join(providers.missing()),
    }
    return responses.region(
        request,
        context,
        part="notifications/staff/_list.html",
        page="notifications/staff/outbox.html",
    )


def _views() -> list[tuple[str, Any]]:
    """The outbox by what became of the messages."""
    return [("", _("All")), *((code, dict(Message.State.choices)[code]) for code in _STATES)]


@require_GET
@staff_only("messages.view")
def detail(request: Request, pk: int) -> HttpResponse:
    """One message: its text, its way, and what to do with it."""
    message = _message(request, pk)
    context = {
        "row": outbox.as_rows([message], user=request.user)[0],
        "message": message,
        "text": texts.shown(message),
        "reports": outbox.reports_of(message),
        "stand_in": outbox.stand_in_of(message),
        "seen_at": reading.read_at(message),
        "may_edit": may(request.user, "messages.edit"),
    }
    return render(request, "notifications/staff/detail.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("messages.edit")
def resend(request: Request, pk: int) -> HttpResponse:
    """Ask why, then queue a copy."""
    message = _message(request, pk)
    return _with_reason(request, message, verb="resend", label=_("Resend"))


@require_http_methods(["GET", "POST"])
@staff_only("messages.edit")
def cancel(request: Request, pk: int) -> HttpResponse:
    """Ask why, then stop a message that still waits."""
    message = _message(request, pk)
    return _with_reason(request, message, verb="cancel", label=_("Stop message"))


@require_GET
@staff_only("messages.view")
def customer_panel(request: Request, number: str) -> HttpResponse:
    """The messages of one customer, as a tab of the customer's page."""
    rows = outbox.of_customer(number, user=request.user)
    if rows is None:
        raise Http404
    context = {
        "rows": rows,
        "number": number,
        "may_edit": may(request.user, "messages.edit"),
        "bounce": bounces.of_customer(number, user=request.user),
    }
    return responses.region(
        request,
        context,
        part="notifications/staff/_customer_panel.html",
        page="notifications/staff/customer_panel.html",
    )


@require_GET
@staff_only("messages.view")
def invoice_panel(request: Request, number: str) -> HttpResponse:
    """The messages that told of one invoice, as a part of the invoice's page."""
    rows = outbox.of_invoice(number, user=request.user)
    if rows is None:
        raise Http404
    return responses.region(
        request,
        {"rows": rows, "number": number},
        part="notifications/staff/_invoice_panel.html",
        page="notifications/staff/invoice_panel.html",
    )


def _with_reason(request: Request, message: Message, *, verb: str, label: str) -> HttpResponse:
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        act = {"resend": desk.resend, "cancel": desk.cancel}[verb]
        with responses.refusals_in(form):
            act(message=message, act=Act.now(request.user, reason=form.cleaned_data["reason"]))
            return _done(request, verb)
    context = {
        "form": form,
        "message": message,
        "row": outbox.as_rows([message], user=request.user)[0],
        "form_action": reverse(f"staff_notifications:{verb}", args=[message.pk]),
        "confirm_label": label,
        "heading": label,
        "danger": verb == "cancel",
    }
    return responses.form_page(request, "notifications/staff/reason.html", context)


def _done(request: Request, verb: str) -> HttpResponse:
    said = {"resend": _("The message is sent again."), "cancel": _("The message is stopped.")}
    back = reverse("staff_notifications:outbox")
    return responses.done(request, said[verb], back=back)


def _message(request: HttpRequest, pk: int) -> Message:
    return get_object_or_404(outbox.visible_to(cast(Request, request).user), pk=pk)
