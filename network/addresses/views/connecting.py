"""A service gets its line, and another router: /admin/network/services/…/connect/."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.models import Subscription
from customers.queries import directory
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core.acts import Act
from network.addresses.forms.connecting import ConnectForm, MoveForm
from network.addresses.services import assigning
from network.models import Access
from network.queries import lines


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
def connect(request: Request, pk: int) -> HttpResponse:
    """Give a service its line on a router; it opens with the service."""
    visible = directory.visible_to(request.user).values("pk")
    found = Subscription.objects.select_related("customer", "package")
    service = get_object_or_404(found, pk=pk, customer__in=visible, access__isnull=True)
    form = ConnectForm(request.POST or None, user=request.user, subscription=service)

    def run(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        line = assigning.connect(subscription=service, new=form.line(), act=act)
        return _("%(name)s is being made on the router.") % {"name": line.username}

    return responses.carried_out(
        request,
        form,
        run,
        heading=_("Connect %(service)s") % {"service": service.package.name},
        label=_("Connect"),
        back=links.customer(service.customer.number, tab="network"),
    )


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
def move(request: Request, pk: int) -> HttpResponse:
    """Move a line to another router, with a reason."""
    found = lines.visible_to(request.user).exclude(desired_state=Access.State.REMOVED)
    line = get_object_or_404(found.select_related("customer", "router"), pk=pk)
    form = MoveForm(request.POST or None, user=request.user, line=line)

    def run(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        assigning.move(line=line, router=given["router"], act=act)
        return _("%(name)s is being made on %(router)s.") % {
            "name": line.username,
            "router": given["router"].name,
        }

    return responses.carried_out(
        request,
        form,
        run,
        heading=_("Move %(name)s to another router") % {"name": line.username},
        label=_("Move the line"),
        back=links.customer(line.customer.number, tab="network"),
        effects=[
            _("The new router gets the line first, as open as it is now."),
            _("%(router)s loses it after that; a session there ends then.")
            % {"router": line.router.name},
        ],
    )
