"""/admin/: deposits held, and those of customers who have left and wait to be settled."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from billing.receivables.queries import deposit_held
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import paging


@require_GET
@staff_only("payments.view")
def index(request: Request) -> HttpResponse:
    """Deposits held; `?show=left` only of customers none of whose services goes on."""
    left_only = request.GET.get("show") == "left"
    found = deposit_held.listed(request.user, left_only=left_only)
    page = Paginator(found, deposit_held.PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "tabs": paging.tabs(
            request.GET,
            "show",
            [("", _("Of all customers")), ("left", _("Of customers who have left"))],
            current="left" if left_only else "",
        ),
        "left_only": left_only,
        "total": deposit_held.total(found),
        "may_refund": may(request.user, "payments.refund"),
    }
    return render(request, "payments/online/staff/deposits.html", context)
