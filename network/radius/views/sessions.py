"""/admin/network/lines/…/radius/: the sessions of a line that signs on at RADIUS."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from network.queries import lines
from network.radius.queries import sessions

_ON_A_CARD = 5


@require_GET
@staff_only("network.view")
def of_line(request: Request, pk: int) -> HttpResponse:
    """Show a line's sessions, for its card and its page; nothing where it never signed on here.

    `all`: as many as the line's own page shows.
    """
    line = get_object_or_404(lines.visible_to(request.user).select_related("router"), pk=pk)
    most = sessions.SHOWN if "all" in request.GET else _ON_A_CARD
    context = {"line": line, "sessions": sessions.of_line(line, at=clock.now(), most=most)}
    return render(request, "network/radius/staff/_sessions.html", context)
