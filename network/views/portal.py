"""/portal/usage/ and /status: what customers, and everybody, may see of the network."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from customers.models import Subscription
from customers.views import own_account
from ispbill.accounts.access import customer_only, public
from ispbill.accounts.http import Request
from network.queries import service_status


@customer_only
@require_GET
def usage(request: Request) -> HttpResponse:
    """The data used in the present billing period."""
    customer = own_account.of(request)
    services = (
        Subscription.objects.filter(customer=customer)
        .exclude(status=Subscription.Status.CANCELLED)
        .select_related("package")
        .order_by("line_no")
    )
    context = {"customer": customer, "services": services}
    return render(request, "network/portal/usage.html", context)


@public
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """P-09: how the network is doing, as far as the routers tell."""
    return render(request, "network/public/status.html", {"status": service_status.now()})
