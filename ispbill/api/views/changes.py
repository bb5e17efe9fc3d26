"""/api/admin/: what may be changed of a customer or a ticket by whoever has seen how it is."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.services import profile, referrals
from ispbill.api.forms import answers, bodies
from ispbill.api.queries import shapes
from ispbill.api.rules import scopes
from ispbill.api.views import admin, doors, tags
from ispbill.api.views.doors import Asking, Door
from ispbill.api.views.problems import Problem
from ispbill.core import phones
from ispbill.core.errors import ReasonMissing
from tickets.models import Category
from tickets.services import desk, resolution

router = admin.router  # the same addresses as those that read: one router knows a path


@router.patch(
    "/customers/{number}",
    auth=Door(scopes.CUSTOMERS_WRITE, find=admin.there),
    response=answers.Customer,
)
def change_customer(request: Asking, number: str, body: bodies.ChangeCustomer) -> HttpResponse:
    """Change name, phone, e-mail or address; `If-Match` says which state was seen."""
    given = {name: value for name, value in body.model_dump().items() if value is not None}
    if "phone" in given:
        given["phone"] = _phone(given["phone"])

    def write() -> tuple[int, Any]:
        with transaction.atomic():
            referrals.held_customer(Customer(pk=admin.customer_of(request, number).pk))
            found = admin.customer_of(request, number)
            tags.check(request, shapes.customer_row(found))
            if given:
                details = profile.details_of(found, **given)
                profile.edit(customer=found, details=details, act=doors.act(request))
            return 200, _told(request, number)

    return doors.once(request, body.model_dump(mode="json"), write)


@router.patch(
    "/tickets/{number}",
    auth=Door(scopes.TICKETS_WRITE, find=lambda asking: _ticket_there(asking)),
    response=answers.Ticket,
)
def change_ticket(request: Asking, number: str, body: bodies.ChangeTicket) -> HttpResponse:
    """Change subject, category or priority; `If-Match` says which state was seen."""

    def write() -> tuple[int, Any]:
        with transaction.atomic():
            act = doors.act(request, body.reason)
            desk.begin(admin.ticket_of(request, number), act=act)
            found = admin.ticket_of(request, number)
            tags.check(request, shapes.ticket(found, found.customer))
            to = resolution.Sorting(
                category=_category(body.category) if body.category else found.category,
                priority=body.priority or found.priority,
                subject=body.subject or found.subject,
                tags=found.tags,
            )
            try:
                resolution.sort(ticket=found, to=to, act=act)
            except ReasonMissing as error:
                raise Problem(422, "reason_missing", str(error)) from error
            row = admin.ticket_of(request, number)
            values = tags.shown(request, shapes.ticket(row, row.customer))
            return 200, answers.Ticket.told(values)

    return doors.once(request, body.model_dump(mode="json"), write)


def _ticket_there(request: Asking) -> None:
    given = request.resolver_match.kwargs if request.resolver_match else {}
    admin.ticket_of(request, given["number"])


def _told(request: Asking, number: str) -> dict[str, Any]:
    values = tags.shown(request, shapes.customer_row(admin.customer_of(request, number)))
    return answers.Customer.told(values)


def _phone(typed: str) -> str:
    try:
        return phones.normalise(typed)
    except phones.PhoneRefused as refusal:
        raise _field("phone", _(str(refusal))) from refusal


def _category(code: str) -> Category:
    found = Category.objects.filter(code=code, is_active=True).first()
    if found is None:
        raise _field("category", _("Choose what it is about."))
    return found


def _field(name: str, said: str) -> Problem:
    told = [{"pointer": f"/body/{name}", "code": "invalid", "message": said}]
    return Problem(422, "invalid", _("Some fields cannot be read."), errors=told)
