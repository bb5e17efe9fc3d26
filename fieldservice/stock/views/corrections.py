"""What staff set right: a move that was a mistake, a piece that works again, what is on the way."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fieldservice.stock.forms.stock import ReasonForm
from fieldservice.stock.models import StockItem
from fieldservice.stock.queries import stock as queries
from fieldservice.stock.services import repairing, transfers, undoing
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.core import formats
from ispbill.core.acts import Act


@require_http_methods(["GET", "POST"])
@staff_only("stock.edit")
def undo(request: Request, pk: int) -> HttpResponse:
    """Let a move run back, with the reason."""
    move = get_object_or_404(queries.moves_of(request.user), pk=pk)
    said = {
        "quantity": formats.quantity(move.quantity),
        "source": move.source,
        "target": move.target,
    }

    def run(act: Act[User]) -> str:
        undoing.undo(move=move, act=act)
        return _("Undone.")

    effects = [_("%(quantity)s goes back from %(target)s to %(source)s.") % said]
    heading = _("Undo: %(what)s %(item)s") % {
        "what": move.get_why_display(),
        "item": move.item.name,
    }
    return _ask(request, run, heading, _("Undo"), move.item, effects)


@require_http_methods(["GET", "POST"])
@staff_only("stock.edit")
def repaired(request: Request, pk: int) -> HttpResponse:
    """Say that a piece works again."""
    unit = get_object_or_404(queries.units_of(request.user).filter(needs_repair=True), pk=pk)

    def run(act: Act[User]) -> str:
        repairing.repaired(unit=unit, act=act)
        return _("%(serial)s can be given out again.") % {"serial": unit.serial}

    heading = _("Does %(item)s %(serial)s work again?") % {
        "item": unit.item.name,
        "serial": unit.serial,
    }
    return _ask(request, run, heading, _("Repaired"), unit.item)


@require_http_methods(["GET", "POST"])
@staff_only("stock.edit")
def call_back(request: Request, pk: int) -> HttpResponse:
    """Send back what is on the way and was not accepted."""
    transfer = get_object_or_404(queries.transfers_of(request.user), pk=pk)

    def run(act: Act[User]) -> str:
        transfers.return_it(transfer=transfer, act=act)
        return _("It is back at %(place)s.") % {"place": transfer.source}

    heading = _("Take back what is on the way to %(name)s?") % {"name": transfer.target}
    return _ask(request, run, heading, _("Take back"), transfer.item)


def _ask(
    request: Request,
    run: Callable[[Act[User]], str],
    heading: str,
    label: str,
    item: StockItem,
    effects: list[str] | None = None,
) -> HttpResponse:
    """Ask why, then carry it out as the person who is signed in."""
    form = ReasonForm(request.POST or None)

    def do(given: dict[str, Any]) -> str:
        return run(Act.now(request.user, reason=given["reason"]))

    back = reverse("staff_fieldservice:item", args=[item.pk])
    return responses.carried_out(
        request, form, do, heading=heading, label=label, back=back, effects=effects or []
    )
