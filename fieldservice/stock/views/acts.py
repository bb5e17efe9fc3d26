"""What staff do with stock: each act asked in a dialog and carried out by its service."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.queries import directory
from customers.views import links
from fieldservice.stock.forms.stock import (
    CountForm,
    IssueForm,
    ItemForm,
    LoseForm,
    MoveForm,
    ReasonForm,
    ReceiveForm,
    TakeBackForm,
)
from fieldservice.stock.models import SerialUnit, StockCount, StockItem, StockPlace
from fieldservice.stock.queries import stock as queries
from fieldservice.stock.services import counting, issuing, items, moving, transfers
from ispbill.accounts import editing, responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import formats
from ispbill.core.acts import Act


@require_http_methods(["GET", "POST"])
@staff_only("stock.edit")
def add(request: Request) -> HttpResponse:
    """A new item."""
    form = ItemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            item = items.add(about=form.about(), act=Act.now(request.user))
            return responses.go(request, _address(item), _("Added. Receive some of it."))
    back = reverse("staff_fieldservice:stock")
    return _dialog(request, form, _("New stock item"), _("Add"), back)


@require_http_methods(["GET", "POST"])
@staff_only("stock.edit")
@editing.one_at_a_time
def edit(request: Request, pk: int) -> HttpResponse:
    """Change an item."""
    item = editing.held(request, _item(request, pk))
    form = editing.form(request, ItemForm, about=item, item=item)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            items.change(item=item, about=form.about(), act=Act.now(request.user))
            return responses.done(request, _("Saved."), back=_address(item))
    return _dialog(request, form, item.name, _("Save"), _address(item))


@require_http_methods(["GET", "POST"])
@staff_only("stock.edit")
def receive(request: Request, pk: int) -> HttpResponse:
    """Take in a delivery."""
    item = _item(request, pk)
    form = ReceiveForm(request.POST or None, item=item, user=request.user)

    def run() -> None:
        values = form.cleaned_data
        moving.receive(
            item=item,
            branch=values["branch"],
            unit_cost=values["unit_cost"],
            reference=values["reference"],
            act=Act.now(request.user),
            **form.much(),
        )

    heading = _("Receive: %(item)s") % {"item": item.name}
    return _carry_out(request, form, run, heading, _("Receive"), _address(item))


@require_http_methods(["GET", "POST"])
@staff_only("stock.edit")
def move(request: Request, pk: int) -> HttpResponse:
    """Carry some of an item to a branch, or send it to a person who then accepts it."""
    item = _item(request, pk)
    form = MoveForm(request.POST or None, item=item, user=request.user)

    def run() -> None:
        values = form.cleaned_data
        to_person = values["target"].kind == StockPlace.Kind.PERSON
        (transfers.send if to_person else moving.move)(
            item=item,
            source=values["source"],
            target=values["target"],
            act=Act.now(request.user),
            **form.much(),
        )

    heading = _("Move: %(item)s") % {"item": item.name}
    effects = [_("What goes to a person is on the way until they accept it.")]
    return _carry_out(request, form, run, heading, _("Move"), _address(item), effects)


@require_http_methods(["GET", "POST"])
@staff_only("stock.edit")
def lose(request: Request, pk: int) -> HttpResponse:
    """Write off what is gone."""
    item = _item(request, pk)
    form = LoseForm(request.POST or None, item=item, user=request.user)

    def run() -> None:
        values = form.cleaned_data
        act = Act.now(request.user, reason=values["reason"])
        moving.lose(item=item, source=values["source"], act=act, **form.much())

    heading = _("Lost: %(item)s") % {"item": item.name}
    return _carry_out(request, form, run, heading, _("Write off"), _address(item))


@require_http_methods(["GET", "POST"])
@staff_only("stock.edit")
def issue(request: Request, number: str) -> HttpResponse:
    """Give a customer something; what is sold is charged at once."""
    customer = get_object_or_404(directory.visible_to(request.user), number=number)
    form = IssueForm(request.POST or None, customer=customer, user=request.user)

    def run() -> None:
        values = form.cleaned_data
        issuing.issue(
            item=values["item"],
            customer=customer,
            source=values["source"],
            issued=form.issued(),
            act=Act.now(request.user, reason=values["reason"]),
        )

    heading = _("Give something to %(name)s") % {"name": customer.name}
    back = _customer_address(customer.number)
    return _carry_out(request, form, run, heading, _("Give out"), back)


@require_http_methods(["GET", "POST"])
@staff_only("stock.edit")
def take_back(request: Request, pk: int) -> HttpResponse:
    """Take back a piece a customer was lent."""
    unit, number = _lent(request, pk)
    form = TakeBackForm(request.POST or None, user=request.user)

    def run() -> None:
        values = form.cleaned_data
        issuing.take_back(
            unit=unit,
            target=values["target"],
            condition=values["condition"],
            reference=number,
            act=Act.now(request.user),
        )

    heading = _("Take back %(item)s %(serial)s") % {"item": unit.item.name, "serial": unit.serial}
    return _carry_out(request, form, run, heading, _("Take back"), _customer_address(number))


@require_http_methods(["GET", "POST"])
@staff_only("fees.charge")
def charge(request: Request, pk: int) -> HttpResponse:
    """Charge for a piece that is broken or not coming back; the deposit pays first."""
    unit, number = _lent(request, pk)
    form = ReasonForm(request.POST or None)
    amount = formats.money(unit.item.replacement_amount)

    def run() -> None:
        reason = form.cleaned_data["reason"]
        issuing.charge_for(unit=unit, act=Act.now(request.user, reason=reason))

    effects = [
        _("%(amount)s before tax is charged; the deposit pays first.") % {"amount": amount},
        _("The piece counts as lost."),
    ]
    return _carry_out(
        request,
        form,
        run,
        _("Charge for %(item)s %(serial)s") % {"item": unit.item.name, "serial": unit.serial},
        _("Charge"),
        _customer_address(number),
        effects,
    )


@require_http_methods(["GET", "POST"])
@staff_only("stock.edit")
def count(request: Request, pk: int) -> HttpResponse:
    """Count a place without seeing the books."""
    place = get_object_or_404(queries.ours(request.user), pk=pk)
    form = CountForm(request.POST or None, items=queries.asked_of(place))
    back = reverse("staff_fieldservice:place", args=[place.pk])
    if request.method == "POST" and form.is_valid():
        act = Act.now(request.user, reason=form.cleaned_data["reason"])
        with responses.refusals_in(form):
            made = counting.hand_in(place=place, found=form.found(), act=act)
            is_right = made.state == StockCount.State.RIGHT
            said = _("Nothing differs.") if is_right else _("Another person looks at it now.")
            return responses.go(request, back, said)
    return _dialog(request, form, _("Count: %(place)s") % {"place": place}, _("Hand in"), back)


def _carry_out(
    request: Request,
    form: forms.Form,
    act: Callable[[], Any],
    heading: str,
    label: str,
    back: str,
    effects: Sequence[str] = (),
) -> HttpResponse:
    def run(_given: dict[str, Any]) -> str:
        act()
        return _("Done.")

    return responses.carried_out(
        request, form, run, heading=heading, label=label, back=back, effects=effects
    )


def _dialog(
    request: Request, form: forms.Form, heading: str, label: str, back: str
) -> HttpResponse:
    return responses.dialog(request, form, heading=heading, label=label, back=back)


def _item(request: Request, pk: int) -> StockItem:
    return get_object_or_404(queries.visible_to(request.user), pk=pk)


def _lent(request: Request, pk: int) -> tuple[SerialUnit, str]:
    """Return a piece and the number of the customer who has it."""
    mine = queries.places_of(request.user).filter(customer__isnull=False)
    found = SerialUnit.objects.filter(place__in=mine).select_related("item", "place__customer")
    unit = get_object_or_404(found, pk=pk)
    return unit, unit.place.customer.number if unit.place.customer else ""


def _address(item: StockItem) -> str:
    return reverse("staff_fieldservice:item", args=[item.pk])


def _customer_address(number: str) -> str:
    return links.customer(number, tab="equipment")
