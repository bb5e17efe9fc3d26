"""/admin/commissions/: what resellers have earned, and approving it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import digits, paging
from ispbill.core.acts import Act
from resellers.models import Commission
from resellers.queries import commissions as queries
from resellers.services import commissions

PER_PAGE = 50


@require_GET
@staff_only("resellers.view")
def index(request: Request) -> HttpResponse:
    """A-36: commissions, newest first, of one state or all (`?status=ACCRUED`)."""
    status = request.GET.get("status", Commission.Status.ACCRUED)
    found = queries.visible_commissions(request.user)
    if status in Commission.Status.values:
        found = found.filter(status=status)
    before = digits.row_id(request.GET.get("before", ""))
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: PER_PAGE + 1])
    context = {
        "rows": rows[:PER_PAGE],
        "following": rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else None,
        "status": status,
        "tabs": paging.tabs(
            request.GET, "status", [*Commission.Status.choices, ("ALL", _("All"))], current=status
        ),
        "may_approve": may(request.user, "commissions.approve"),
    }
    return render(request, "resellers/staff/commissions.html", context)


@require_POST
@staff_only("commissions.approve")
def approve(request: Request) -> HttpResponse:
    """Approve the ticked commissions."""
    asked = digits.row_ids(request.POST.getlist("id"))
    mine = queries.visible_commissions(request.user).filter(pk__in=asked[:1000])
    done = commissions.approve(
        commission_ids=list(mine.order_by("pk").values_list("pk", flat=True)),
        act=Act.now(request.user),
    )
    said = ngettext("%(n)d commission approved.", "%(n)d commissions approved.", done) % {"n": done}
    messages.success(request, said)
    return redirect("staff_resellers:commissions")
