"""A code typed by the customer: what the own services have, and one offer more.

The page runs as the portal's database role, which may not grant anything. A code is looked at
after that transaction, by the house, for a service that was found with the portal's eyes.
"""

from datetime import datetime
from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.changes.forms.offers import CodeForm
from billing.pricing.queries import discounts as queries
from billing.pricing.services import discounts
from billing.pricing.views.discounts import said
from customers.models import Subscription
from ispbill.accounts import responses
from ispbill.accounts.access import customer_only
from ispbill.accounts.http import Request
from ispbill.accounts.services import throttle
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


@customer_only
@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponse:
    """Show add-ons and discounts of the own services; POST redeems a code for one of them."""
    on = clock.today()
    services = queries.living(request.customer_ids)
    form = CodeForm(request.POST or None, services=services)
    if request.method == "POST" and form.is_valid():
        chosen = get_object_or_404(services, pk=form.cleaned_data["service"])
        # After the portal's transaction: see above. The page shown next says how it went.
        transaction.on_commit(
            partial(_redeem, request, chosen.pk, form.cleaned_data["code"], clock.now())
        )
        return HttpResponseRedirect(reverse("portal_billing:offers"))
    extras = queries.of_services(list(services), on=on)
    context = {
        "form": form,
        "services": [{"service": service, "extras": extras[service.pk]} for service in services],
    }
    return responses.form_page(request, "billing/changes/portal/offers.html", context)


def _redeem(request: Request, subscription_id: int, code: str, at: datetime) -> None:
    login = f"offer-code:{request.user.pk}"
    try:
        throttle.count(login=login, ip="")
        granted = discounts.redeem(
            subscription=Subscription.objects.get(pk=subscription_id),
            code=code,
            act=Act(request.user, at),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return
    throttle.forgive(login=login, ip="")
    messages.success(request, _("Done.") + " " + said(granted))
