"""Help: the books for people, and a search over them."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.portals.queries import handbook


@require_GET
@staff_only("console.use")
def show(request: Request, name: str = "start") -> HttpResponse:
    """Show one book, or the places that hold what was searched for."""
    found = handbook.book(name)
    if found is None:
        raise Http404
    query = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    context = {
        "book": found,
        "books": handbook.books(),
        "query": query,
        "places": handbook.search(query),
    }
    return responses.varied(render(request, "staff/handbook.html", context))


@require_GET
@staff_only("console.use")
@cache_control(private=True, max_age=3600)
def picture(request: Request, name: str) -> HttpResponse:
    """Answer a picture of the books."""
    file = handbook.picture(name)
    if file is None:
        raise Http404
    return HttpResponse(file.read_bytes(), content_type="image/png")
