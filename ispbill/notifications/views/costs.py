"""/admin/messages/costs/: what messages cost this month, and the price list."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.notifications.forms.prices import PriceForm
from ispbill.notifications.forms.staff import event_choices
from ispbill.notifications.models import Message, MessagePrice, MessageProvider
from ispbill.notifications.queries import prices
from ispbill.notifications.services import prices as desk


@require_GET
@staff_only("settings.view")
def index(request: Request) -> HttpResponse:
    """How far the month's budget is used, by what, and what a part costs."""
    at = clock.now()
    titles, channels = dict(event_choices()), dict(Message.Channel.choices)
    context = {
        "budget": prices.budget(at),
        "month": clock.local_date(at),
        "spent": [
            (titles.get(one.event, one.event), channels[one.channel], _provider(one.provider), one)
            for one in prices.spent(at)
        ],
        "prices": [(row, _provider(row.provider)) for row in prices.listed()],
        "today": clock.local_date(at),
        "may_edit": may(request.user, "settings.edit"),
    }
    return render(request, "notifications/staff/costs.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
def add(request: Request) -> HttpResponse:
    """Ask for a price and the day it begins."""
    form = PriceForm(request.POST or None)

    def keep(_given: dict[str, Any]) -> str:
        desk.add(plan=form.plan(), act=Act.now(request.user))
        return _("The price is kept. What was sent keeps what it cost.")

    return responses.carried_out(
        request, form, keep, heading=_("New price"), label=_("Save"), back=_list()
    )


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
def remove(request: Request, pk: int) -> HttpResponse:
    """Ask why, then take a price from the list."""
    price = get_object_or_404(prices.listed(), pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def take_away(given: dict[str, Any]) -> str:
        desk.remove(price=price, act=Act.now(request.user, reason=given["reason"]))
        return _("The price is removed. What was sent keeps what it cost.")

    heading = _("Remove the price of %(what)s") % {"what": _named(price)}
    return responses.carried_out(
        request, form, take_away, heading=heading, label=_("Remove"), back=_list(), danger=True
    )


def _named(price: MessagePrice) -> str:
    named = (price.channel_words, _provider(price.provider), price.prefix)
    return " ".join(one for one in named if one)


def _provider(name: str) -> str:
    known = {kind.value.lower(): str(kind.label) for kind in MessageProvider.Kind}
    return known.get(name, name)


def _list() -> str:
    return reverse("staff_notifications:costs")
