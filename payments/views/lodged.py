"""/admin/: deposits held, and those of customers who have left and wait to be settled."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from payments.queries import lodged


@require_GET
@staff_only("payments.view")
def index(request: Request) -> HttpResponse:
    """Deposits held; `?show=left` only of customers none of whose services goes on."""
    left_only = request.GET.get("show") == "left"
    found = lodged.listed(request.user, left_only=left_only)
    page = Paginator(found, lodged.PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "left_only": left_only, "total": lodged.total(found),
        "may_refund": may(request.user, "payments.refund"),
    }  # fmt: skip
    return render(request, "payments/staff/deposits.html", context)
