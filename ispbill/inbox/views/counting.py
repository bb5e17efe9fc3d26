"""The number beside the word Inbox and on the bell; fetched, so that no page waits for it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.inbox.queries import items


@require_GET
@staff_only("console.use")
def show(request: Request) -> HttpResponse:
    """Return how many items wait for this person now, in one statement."""
    waiting = items.count(request.user, at=clock.now())
    return render(request, "inbox/staff/_counts.html", {"waiting": waiting, "is_known": True})
