"""The search box of the console: a fragment for the dialog, a page without JavaScript."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.portals import palette


@require_GET
@staff_only("console.use")
def search(request: Request) -> HttpResponse:
    """Answer what was typed so far."""
    text = request.GET.get("q", "").replace("\x00", "")
    found = palette.answer(request.user, text, on=clock.today())
    context = {
        "query": text,
        "groups": found.groups,
        "count": found.count,
        "empty_url": found.empty_url,
        "empty_label": found.empty_label,
    }
    return responses.region(request, context, part="ui/_results.html", page="staff/search.html")
