"""/reseller-portal/customers/<number>/<line>/discount/: a discount for an own customer."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.models import Subscription
from ispbill.accounts import responses
from ispbill.accounts.access import reseller_only
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from ispbill.core.acts import Act
from resellers.forms.portal import OwnDiscount
from resellers.queries import own_customer
from resellers.services import discounting
from resellers.views.portal_money import login_of


@reseller_only
@require_http_methods(["GET", "POST"])
def give(request: Request, number: str, line_no: int) -> HttpResponse:
    """Give a service a share off for some periods, up to the partner's limit."""
    login = login_of(request)
    if not login.may_discount:
        raise PermissionDenied
    rows = Subscription.objects.select_related("customer", "package")
    rows = rows.exclude(status=Subscription.Status.CANCELLED)
    service = get_object_or_404(
        rows, customer_id__in=request.customer_ids, customer__number=number, line_no=line_no
    )
    form = OwnDiscount(request.POST or None, initial={"cycles": 1})
    if form.is_valid():
        with responses.refusals_in(form, "percent"):
            with rls.as_house():
                discounting.give(
                    reseller=login.reseller,
                    subscription=service,
                    rate=form.cleaned_data["percent"] / 100,
                    cycles=form.cleaned_data["cycles"],
                    act=Act.now(request.user, reason=form.cleaned_data["reason"]),
                )
            address = reverse("reseller:customer", args=[number])
            return responses.go(request, address, _("The discount counts from the next bill on."))
    context = {
        "service": service,
        "form": form,
        "most": discounting.percent(login.reseller),
        "running": own_customer.discounts_of([service], on=clock.today()),
    }
    return responses.form_page(request, "resellers/portal/discount.html", context)
