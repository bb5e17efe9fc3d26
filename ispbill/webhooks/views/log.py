"""One address: what it was sent, what it answered, a test, and sending again."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, jobs, keyset
from ispbill.core.acts import Act
from ispbill.webhooks.models import Delivery, Endpoint
from ispbill.webhooks.queries import endpoints as queries
from ispbill.webhooks.services import delivering

SIZE = 25


@require_GET
@staff_only("webhooks.view")
def detail(request: Request, pk: int) -> HttpResponse:
    """Show an address and the page of its log that is asked for, newest first."""
    endpoint: Endpoint = get_object_or_404(queries.visible_to(request.user), pk=pk)
    found = queries.deliveries(request.user, endpoint)
    page = keyset.page(found, size=SIZE, after=request.GET.get("after", ""))
    context = {
        "endpoint": endpoint,
        "deliveries": page.rows,
        "older": page.older,
        "may_edit": may(request.user, "webhooks.edit"),
        "real_at": clock.real_now(),
    }
    return render(request, "webhooks/endpoint.html", context)


@require_POST
@staff_only("webhooks.edit")
def ping(request: Request, pk: int) -> HttpResponse:
    """Send a test message."""
    endpoint: Endpoint = get_object_or_404(queries.visible_to(request.user), pk=pk)
    delivering.ping(endpoint=endpoint, act=Act.now(request.user))
    return _on_its_way(request, pk)


@require_POST
@staff_only("webhooks.edit")
def replay(request: Request, pk: int, delivery_pk: int) -> HttpResponse:
    """Send a message again, with the id it had."""
    endpoint: Endpoint = get_object_or_404(queries.visible_to(request.user), pk=pk)
    found = queries.deliveries(request.user, endpoint)
    delivery: Delivery = get_object_or_404(found, pk=delivery_pk)
    delivering.replay(delivery=delivery, act=Act.now(request.user))
    return _on_its_way(request, pk)


def _on_its_way(request: Request, pk: int) -> HttpResponse:
    jobs.enqueue("webhooks.send_webhooks")
    back = reverse("staff_webhooks:detail", args=[pk])
    return responses.go(request, back, _("On its way. The log shows what is answered."))
