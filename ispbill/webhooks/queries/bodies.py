"""What a program is told of a thing: the API's own shape, without the person unless allowed."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from billing.allocation.models import Payment
from billing.invoices.models import Invoice
from customers.models import Customer, Subscription
from ispbill.api.queries import shapes
from ispbill.webhooks.models import Occurrence
from ispbill.webhooks.rules import events
from network.outages.models import Outage
from tickets.models import Ticket

_PERSONAL = ("name", "phone", "email", "address")
Shape = dict[str, Any]


def data(occurrence: Occurrence, *, on: date) -> Shape | None:
    """Return a thing as it stands `on` a day, or None where it is gone."""
    return _SHAPES[events.thing(occurrence.event)](occurrence.object_id, on)


def without_person(shape: Shape) -> Shape:
    """Return a shape whose name and contacts are null; every field stays."""
    return {name: None if name in _PERSONAL else value for name, value in shape.items()}


def written(occurrence: Occurrence, shape: Shape) -> str:
    """Return the body that is signed and sent, byte for byte."""
    return _text(
        {
            "type": occurrence.event,
            "timestamp": shapes.moment(occurrence.at),
            "sequence": occurrence.pk,
            "data": shape,
        }
    )


def ping(*, at: datetime) -> str:
    """Return the body of a test."""
    return _text({"type": events.PING, "timestamp": shapes.moment(at), "sequence": 0, "data": {}})


def _text(body: Shape) -> str:
    return json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))


def _customer(pk: int, _on: date) -> Shape | None:
    found = Customer.objects.select_related("area", "account_state")
    one = found.prefetch_related("subscriptions").filter(pk=pk).first()
    return None if one is None else shapes.customer_row(one)


def _service(pk: int, _on: date) -> Shape | None:
    one = (
        Subscription.objects.select_related("package", "schedule", "customer").filter(pk=pk).first()
    )
    if one is None:
        return None
    return {"customer": one.customer.number, **shapes.services(one.customer, [one])[0]}


def _invoice(pk: int, on: date) -> Shape | None:
    one = shapes.with_span(Invoice.objects.filter(pk=pk)).first()
    return None if one is None else shapes.invoice(one, on=on)


def _payment(pk: int, _on: date) -> Shape | None:
    one = shapes.with_parts(Payment.objects.filter(pk=pk)).first()
    return None if one is None else shapes.payment(one)


def _ticket(pk: int, _on: date) -> Shape | None:
    found = Ticket.objects.select_related("customer", "category", "subscription")
    one = found.filter(pk=pk).first()
    return None if one is None else shapes.ticket(one, one.customer)


def _outage(pk: int, _on: date) -> Shape | None:
    one = Outage.objects.filter(pk=pk).first()
    if one is None:
        return None
    return {
        "id": one.number,
        "is_planned": one.is_planned,
        "status": one.state.lower(),
        "severity": one.severity.lower(),
        "cause": one.cause.lower(),
        "title": one.title,
        "started_at": shapes.moment(one.started_at),
        "expected_at": shapes.moment(one.expected_at),
        "restored_at": shapes.moment(one.restored_at),
    }


_SHAPES: dict[str, Callable[[int, date], Shape | None]] = {
    "customer": _customer,
    "service": _service,
    "invoice": _invoice,
    "payment": _payment,
    "ticket": _ticket,
    "outage": _outage,
}
