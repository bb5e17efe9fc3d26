"""Orders that wait for somebody to accept or reject them."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonForm
from ispbill.core import formats, phones
from ispbill.core.acts import Act
from ispbill.inbox.queries.sources import Detail, Done, Fact, Given, Group, Line, Source, Verb
from signup.models import Order
from signup.queries import orders as queries
from signup.services import acceptance, closing


def _waiting(user: User, _at: datetime) -> QuerySet[Order]:
    return queries.to_decide(queries.visible_to(user))


def _listed(found: QuerySet[Order], _at: datetime) -> QuerySet[Order]:
    return found.select_related("area", "package").order_by("submitted_at", "pk")


def _line(row: Order) -> Line:
    area = row.area.name if row.area else _("No area near the pin")
    return Line(
        what=_("Order of %(name)s") % {"name": row.name},
        why=f"{row.package} · {area} · {row.get_state_display()}",
        since=row.submitted_at or row.created_at,
        amount=row.gross_amount,
    )


def _detail(_request: Request, row: Order) -> Detail:
    facts = [
        Fact(_("Order"), row.number, is_code=True),
        Fact(_("Phone"), phones.national(row.phone)),
        Fact(_("Address"), row.address),
        Fact(_("Area"), row.area.name if row.area else "—"),
        Fact(_("Package"), str(row.package)),
        Fact(_("Papers"), row.documents.count()),
    ]
    if row.gross_amount is not None:
        facts.append(Fact(_("Price a month"), formats.money(row.gross_amount)))
    against = [] if row.area else [_("The pin lies near no area: say which one it is.")]
    return Detail(
        question=_("Can %(name)s be connected?") % {"name": row.name},
        facts=facts,
        speaks_against=against,
        effects=[_("Customer, pending service and installation job are made together.")],
        url=reverse("staff_signup:order", args=[row.number]),
    )


def _accept(request: Request, row: Order, _given: Given) -> Done:
    done = acceptance.accept(order=row, act=Act.now(request.user))
    assert done.customer is not None  # noqa: S101 - the database keeps it
    words = {"number": done.number, "customer": done.customer.number}
    return Done(_("%(number)s is accepted: %(customer)s.") % words)


def _reject(request: Request, row: Order, given: Given) -> Done:
    closing.reject(order=row, act=Act.now(request.user, reason=str(given["reason"])))
    return Done(_("%(number)s is rejected.") % {"number": row.number})


def _verbs(_request: Request, row: Any) -> list[Verb]:
    return [
        Verb("accept", _("Accept"), _accept, is_possible=row.area_id is not None),
        Verb("reject", _("Reject"), _reject, form=ReasonForm, is_refusal=True),
    ]


def _decided(user: User, key: int) -> str | None:
    row = queries.visible_to(user).filter(pk=key).first()
    return str(row.get_state_display()) if row is not None else None


ORDERS = Source(
    kind="order",
    label=gettext_lazy("Order to decide"),
    group=Group.REQUESTS,
    symbol="file-text",
    capability="orders.decide",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
