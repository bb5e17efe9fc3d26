"""/reseller-portal/top-up/: topping the wallet up online, and what became of it.

The gateway is called outside any transaction, so the form does not go to a page that runs as the
portal role: what may be seen and done is decided here by the reseller who signs in.
"""

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from ispbill.accounts.access import reseller_only, signed_in
from ispbill.accounts.http import Request, client_ip
from ispbill.accounts.models import User
from ispbill.core import rls
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from payments.online.queries import online
from resellers.forms.top_up import TopUp
from resellers.models import Checkout
from resellers.queries import own
from resellers.services import checkouts


@signed_in
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Write the try down, open it at the gateway, and go there."""
    user = cast(User, request.user)
    login = own.login_of(user)
    if login is None:
        raise Http404
    if not (login.may_move_money and login.reseller.is_prepaid):
        raise PermissionDenied
    form = TopUp(request.POST, accounts=online.accounts())
    if not form.is_valid():
        for said in form.errors.values():
            messages.error(request, str(said[0]))
        return redirect("reseller:money")
    try:
        made = checkouts.start(
            asked=checkouts.Asked(
                reseller=login.reseller,
                account=form.account,
                amount=form.cleaned_data["amount"],
                key=f"own-{form.cleaned_data['key']}",
                client_ip=client_ip(request),
                language=get_language() or "en",
            ),
            act=Act.now(user),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("reseller:money")
    return redirect("reseller:checkout-go", order=made.order)


@reseller_only
@require_GET
def go(request: Request, order: str) -> HttpResponse:
    """The hop to the gateway's page: by itself, or by a button where that does not work."""
    row = _own(request, order)
    if row.state != Checkout.State.OPEN:
        return redirect("reseller:checkout", order=order)
    return render(request, "resellers/portal/checkout_go.html", {"checkout": row})


@reseller_only
@require_GET
def show(request: Request, order: str) -> HttpResponse:
    """What became of a top-up; asks again while it waits."""
    name = "_checkout" if request.htmx else "checkout"
    row = _own(request, order)
    return render(request, f"resellers/portal/{name}.html", {"checkout": row})


def _own(request: Request, order: str) -> Checkout:
    with rls.as_house():
        rows = Checkout.objects.select_related("account", "transfer")
        return get_object_or_404(rows, order=order, reseller__in=own.resellers_of(request.user))
