"""/reseller-portal/messages/: write to own customers, once looked at; and what was written."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from customers.models import Customer
from customers.queries import letters
from ispbill.accounts import responses
from ispbill.accounts.access import reseller_only
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from ispbill.core.acts import Act
from ispbill.notifications.models import MessageSettings
from resellers.forms.message import OwnMessage
from resellers.queries import own_messages
from resellers.rules import states
from resellers.services import writing
from resellers.services.writing import Letter
from resellers.views.portal_money import login_of

SHOWN = 50


@reseller_only
@require_GET
def index(request: Request) -> HttpResponse:
    """What was sent, the newest first."""
    login = login_of(request)
    with rls.as_house():
        context = {
            "login": login,
            "may_write": login.may(states.CUSTOMERS) and login.reseller.may_message,
            "rows": list(own_messages.sent(login.reseller)[:SHOWN]),
            "left": own_messages.left_today(login.reseller, on=clock.today()),
        }
        return render(request, "resellers/portal/messages.html", context)


@reseller_only
@require_http_methods(["GET", "POST"])
def write(request: Request) -> HttpResponse:
    """Ask for the text and to whom (`?customer=`: one); show what it comes to; send it once."""
    login = login_of(request)
    if not (login.may(states.CUSTOMERS) and login.reseller.may_message):
        raise PermissionDenied
    number = request.GET.get("customer", "")
    rows = Customer.objects.filter(pk__in=request.customer_ids)
    customer = get_object_or_404(rows, number=number) if number else None
    with rls.as_house():
        channels = MessageSettings.current().channels
        form = OwnMessage(
            request.POST or None,
            channels=channels,
            is_to_one=customer is not None,
            initial={"key": uuid4(), "text": letters.opening(request.GET.get("about", ""))},
        )
        context: dict[str, Any] = {
            "login": login,
            "form": form,
            "customer": customer,
            "has_channel": bool(channels),
            "left": own_messages.left_today(login.reseller, on=clock.today()),
            "is_sms": form.is_bound and form.data.get("channel") == "SMS",
            "fields": letters.fields(),
        }
        if form.is_valid():
            letter = _letter(request, form, number)
            with responses.refusals_in(form):
                act = Act.now(request.user)
                if request.POST.get("act") == "send":
                    seen = request.POST.get("seen", "")
                    made = writing.send(reseller=login.reseller, letter=letter, seen=seen, act=act)
                    said = ngettext(
                        "%(n)d message is sent.", "%(n)d messages are sent.", made.message_count
                    )
                    messages.success(request, said % {"n": made.message_count})
                    return redirect("reseller:messages")
                context["outlook"] = writing.outlook(
                    reseller=login.reseller, letter=letter, act=act
                )
        status = 422 if form.errors else 200
        return render(request, "resellers/portal/message.html", context, status=status)


def _letter(request: Request, form: OwnMessage, number: str) -> Letter:
    which = form.cleaned_data["audience"]
    chosen = own_messages.audience(
        request.customer_ids, which=which, on=clock.today(), number=number
    )
    key = f"own-{form.cleaned_data['key']}"
    return Letter(draft=form.draft(), audience=which, customers=chosen, key=key)
