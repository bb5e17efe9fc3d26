"""/reseller-portal/prices/: what packages cost, and the partner's own prices within the limits."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from customers.models import Package
from ispbill.accounts import responses
from ispbill.accounts.access import reseller_only
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from ispbill.core.acts import Act
from resellers.forms.portal import OwnPrice
from resellers.queries import price_list
from resellers.services import pricing
from resellers.views.portal_money import login_of


@reseller_only
@require_GET
def index(request: Request) -> HttpResponse:
    """Each package with its limits and the price of new services."""
    login = login_of(request)
    with rls.as_house():
        lines = price_list.lines(login.reseller, on=clock.today())
    return render(request, "resellers/portal/prices.html", {"login": login, "lines": lines})


@reseller_only
@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Set the own price of a package."""
    login = login_of(request)
    if not login.may_move_money:
        raise PermissionDenied
    with rls.as_house():
        package = get_object_or_404(Package, pk=pk)
        line = price_list.line_of(login.reseller, package, on=clock.today())
    if line is None:
        raise Http404
    form = OwnPrice(request.POST or None, initial={"net": line.price})
    if form.is_valid():
        with responses.refusals_in(form, "net"):
            with rls.as_house():
                pricing.set_own(
                    reseller=login.reseller,
                    package=package,
                    net=form.cleaned_data["net"],
                    act=Act.now(request.user),
                )
            messages.success(request, _("The price holds for new services from today on."))
            return redirect("reseller:prices")
    status = 422 if form.errors else 200
    context = {"line": line, "form": form}
    return render(request, "resellers/portal/price.html", context, status=status)
