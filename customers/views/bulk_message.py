"""A text to the ticked customers: written, looked at as one of them would read it, then sent."""

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from customers.forms.bulk import BulkMessage
from customers.queries import letters
from customers.services import bulk_messages
from customers.views import chosen
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.notifications.models import MessageSettings


@require_http_methods(["GET", "POST"])
@staff_only("messages.send")
def write(request: Request) -> HttpResponse:
    """Ask for the text; show what it comes to; send what was shown, once."""
    is_sent = request.method == "POST"
    rows = chosen.of(request, request.POST if is_sent else request.GET)
    channels = MessageSettings.current().channels
    initial = {"key": uuid4(), "text": letters.opening(request.GET.get("about", ""))}
    form = BulkMessage(request.POST if is_sent else None, channels=channels, initial=initial)
    outlook = None
    if is_sent and form.is_valid():
        with responses.refusals_in(form):
            chosen.check(rows)
            outlook = bulk_messages.outlook(draft=form.draft(), customers=rows.ids, at=clock.now())
            if outlook.count and request.POST.get("seen") == outlook.digest and _wants(request):
                return _order(request, form, rows)
    context: dict[str, Any] = {
        "form": form,
        "count": len(rows.ids),
        "repeated": rows.repeated,
        "form_action": request.path,
        "has_channel": bool(channels),
        "fields": letters.fields(),
        "outlook": outlook,
        "is_sms": form.is_bound and form.data.get("channel") == "SMS",
    }
    return responses.form_page(request, "customers/staff/message.html", context)


def _wants(request: Request) -> bool:
    return request.POST.get("act") == "send"


def _order(request: Request, form: BulkMessage, rows: chosen.Chosen) -> HttpResponse:
    run = bulk_messages.order(
        draft=form.draft(),
        customers=rows.ids,
        key=str(form.cleaned_data["key"]),
        act=Act.now(request.user),
    )
    url = reverse("staff_customers:bulk-run", args=[run.pk])
    return responses.go(request, url)
