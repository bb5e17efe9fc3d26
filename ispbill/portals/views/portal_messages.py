"""/portal/messages/: what we told the customer, to be read again. Runs as the portal's role."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from customers.views import own_account
from ispbill.accounts.access import customer_only
from ispbill.accounts.http import Request
from ispbill.core import clock, digits, rls
from ispbill.notifications.queries import reading
from ispbill.notifications.services import reading as reading_service


@customer_only
@require_GET
def index(request: Request) -> HttpResponse:
    """List the messages, new ones marked."""
    customer = own_account.of(request)
    page = reading.page(customer.pk, before=digits.row_id(request.GET.get("before", "")) or 0)
    context = {
        "customer": customer,
        "notes": page.notes,
        "older": page.older,
        "newest": max((note.number for note in page.notes if note.is_new), default=0),
    }
    return render(request, "customer/messages.html", context)


@customer_only
@require_GET
def count(request: Request) -> HttpResponse:
    """The number on the bell; fetched, so that no page waits for it."""
    mine = list(own_account.accounts(request))
    new = reading.unread(own_account.chosen(request, mine).pk, at=clock.now()) if mine else 0
    return render(request, "customer/_messages_count.html", {"new": new})


@customer_only
@require_POST
def read(request: Request) -> HttpResponse:
    """Note that the messages up to a number are read."""
    customer = own_account.of(request)
    until = digits.row_id(request.POST.get("until", "")) or 0
    newest = reading.newest(customer.pk)
    with rls.as_house():
        reading_service.mark(customer_id=customer.pk, until=min(until, newest), at=clock.now())
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "read-messages"})  # to the bell
    return redirect("portal:messages")
