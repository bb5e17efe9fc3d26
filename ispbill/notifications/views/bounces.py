"""/admin/messages/returned/: addresses that take no mail, and sending to one again."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import keyset, paging
from ispbill.core.acts import Act
from ispbill.notifications.queries import bounces
from ispbill.notifications.services import bounces as desk

SIZE = 50


@require_GET
@staff_only("messages.view")
def index(request: Request) -> HttpResponse:
    """List the addresses nothing is sent to any more."""
    query = request.GET.get("q", "")[:120]
    rows = bounces.in_force(request.user, query)
    page = keyset.page(rows, size=SIZE, **keyset.asked(request.GET))
    context = {
        "rows": bounces.as_rows(page.rows, user=request.user),
        "query": query,
        "pager": paging.foot(page, request.GET, size=SIZE, total=rows.count()),
        "may_edit": may(request.user, "messages.edit"),
    }
    return responses.region(
        request,
        context,
        part="notifications/staff/_returned.html",
        page="notifications/staff/returned.html",
        target="list",
    )


@require_http_methods(["GET", "POST"])
@staff_only("messages.edit")
def lift(request: Request, pk: int) -> HttpResponse:
    """Ask why, then send e-mail to an address again."""
    bounce = get_object_or_404(bounces.in_force(request.user), pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def run(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        desk.lift(bounce=bounce, act=act)
        return _("E-mail goes to this address again.")

    return responses.carried_out(
        request,
        form,
        run,
        heading=_("Send e-mail to this address again"),
        label=_("Send again"),
        back=reverse("staff_notifications:returned"),
        effects=[_("What failed before is not sent by itself: send it again in the outbox.")],
    )
