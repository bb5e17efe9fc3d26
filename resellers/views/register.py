"""/admin/resellers/: the list, one reseller, and all of them beside the books."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from ispbill.accounts import responses
from ispbill.accounts.access import branch_scope, may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, digits, paging
from resellers.models import Reseller, ResellerAssignment
from resellers.queries import brands, commissions, own_messages, price_list, register, wallets
from resellers.rules import states
from resellers.services import onboarding

SHOWN = 200
MOVES = 30
TEXTS = 10


@require_GET
@staff_only("resellers.view")
def index(request: Request) -> HttpResponse:
    """A-36: resellers of a state (`?status=ACTIVE`) with these words (`?q=`)."""
    status, text = request.GET.get("status", ""), request.GET.get("q", "").strip()[:80]
    found = list(register.found(request.user, status=status, text=text)[:SHOWN])
    base = reverse("staff_resellers:index")
    every = [("", pgettext("resellers", "All")), *Reseller.Status.choices]
    tabs = paging.tabs(None, "status", every, current=status)
    context = {
        "lines": register.lines(found, on=clock.today()),
        "count": len(found),
        "query": text,
        "list_url": base,
        "is_filtered": bool(text or status),
        "tabs": tabs,
        "may_edit": may(request.user, "resellers.edit"),
    }
    return responses.region(
        request,
        context,
        part="resellers/staff/_resellers.html",
        page="resellers/staff/resellers.html",
        target="list",
    )


@require_GET
@staff_only("resellers.view")
def report(request: Request) -> HttpResponse:
    """All resellers together; for all branches beside the three accounts of the books."""
    rows = commissions.visible_resellers(request.user)
    lines = register.lines(list(rows.order_by("name")), on=clock.today())
    context = {
        "lines": lines,
        "totals": register.totals(lines, rows),
        "is_whole": branch_scope(request.user) is None,
        "month": clock.today(),
    }
    return render(request, "resellers/staff/report.html", context)


@require_GET
@staff_only("resellers.view")
def show(request: Request, number: str) -> HttpResponse:
    """A-36: one reseller: figures, plan, wallet or cash, users, prices, moves."""
    reseller = find(request, number)
    today = clock.today()
    pocket = wallets.pocket_of(reseller)
    context = {
        "reseller": reseller,
        "line": register.lines([reseller], on=today)[0],
        "collected": register.collected_of(reseller, on=today),
        "sums": commissions.sums_of(Reseller.objects.filter(pk=reseller.pk))[0][1],
        "wallet": wallets.wallet_of(reseller),
        "is_blocked": wallets.is_blocked(reseller),
        "held_since": wallets.held_since(reseller),
        "moves": wallets.moves(reseller)[:MOVES],
        "transfers": wallets.waiting_of(reseller),
        "brand": brands.brand_of(reseller) if reseller.is_co_branded else None,
        "texts": own_messages.sent(reseller)[:TEXTS],
        "held_top_ups": wallets.held_of(reseller),
        "going_back": wallets.refunds_of(reseller).select_related("checkout__account"),
        "pocket": pocket,
        "plans": reseller.plans.order_by("-effective_from")[:5],
        "prices": price_list.lines(reseller, on=today),
        "users": reseller.users.select_related("user").order_by("pk"),
        "areas": reseller.areas.order_by("name"),
        "planned": ResellerAssignment.objects.filter(
            reseller=reseller, during__startswith__gt=today
        ).select_related("customer")[:MOVES],
        "verbs": _verbs(request, reseller),
        "may_edit": may(request.user, "resellers.edit"),
        "may_view_as": may(request.user, "resellers.view_as") and reseller.user is not None,
        "may_pay": may(request.user, "payouts.pay"),
        "left": onboarding.remaining(reseller) if reseller.status != states.CLOSED else [],
        "user_id": request.user.pk,
    }
    return render(request, "resellers/staff/reseller.html", context)


def find(request: Request, number: str) -> Reseller:
    """Return the reseller of a number like RS-00007, or raise 404."""
    pk = digits.row_id(number.removeprefix("RS-"))
    if pk is None:
        raise Http404
    rows = commissions.visible_resellers(request.user).select_related("branch", "user")
    return get_object_or_404(rows, pk=pk)


def _verbs(request: Request, reseller: Reseller) -> list[tuple[str, str, bool]]:
    """Return the ways a reseller's state may go: name, words, whether it is grave."""
    if not may(request.user, "resellers.edit"):
        return []
    again = reseller.status == states.SUSPENDED
    ways = [
        ("activate", states.ACTIVE, _("Resume") if again else _("Activate"), False),
        ("suspend", states.SUSPENDED, _("Suspend"), True),
        ("close", states.CLOSED, pgettext("resellers", "Close"), True),
    ]
    return [
        (name, words, is_grave)
        for name, to, words, is_grave in ways
        if states.may_move(reseller.status, to)
    ]
