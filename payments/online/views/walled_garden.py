"""/admin/network/routers/…/walled-garden/: what a router needs so that who is cut off can pay."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from network.models import Router
from network.queries import routers
from payments.online.queries import online
from payments.online.rules import walled_garden as rules


@require_GET
@staff_only("network.view")
def show(request: Request, pk: int) -> HttpResponse:
    """Show the commands for a router, with the hosts of the gateways in use."""
    router = get_object_or_404(routers.listed(request.user), pk=pk)
    known = [(one.provider, one.base_url) for one in online.accounts()]
    hosts = rules.hosts(public_url=settings.PUBLIC_URL, accounts=known)
    script = rules.script(hosts, public_host=rules.host_of(settings.PUBLIC_URL))
    context = {
        "router": router,
        "is_walled": router.suspend_mode != Router.SuspendMode.DISABLE,
        "hosts": hosts,
        "script": "\n".join(script),
        "may_edit": may(request.user, "network.edit"),
    }
    return render(request, "payments/online/staff/walled_garden.html", context)
