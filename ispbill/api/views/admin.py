"""/api/admin/: what a member of staff's program may ask and do, within role, scope and branch."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from billing.changes.services import service_states, termination
from billing.invoices.models import Invoice
from customers.models import Customer, Subscription
from customers.queries import directory, merges
from customers.services.lifecycle import ImpossibleMove
from ispbill.api.forms import answers, bodies
from ispbill.api.queries import shapes
from ispbill.api.rules import scopes
from ispbill.api.views import doors, lists, problems, tags
from ispbill.api.views.doors import Asking, Door
from ispbill.api.views.problems import Problem
from ispbill.audit.models import AuditEvent
from ispbill.core import clock, digits
from ispbill.core.errors import ReasonMissing
from tickets.models import Category, Ticket
from tickets.queries import tickets
from tickets.services import intake

router = Router(tags=["admin"], by_alias=True)


def there(request: Asking) -> None:
    """Refuse what is not there before anything of the body is read."""
    given = request.resolver_match.kwargs if request.resolver_match else {}
    customer = customer_of(request, given["number"])
    if "service" in given:
        service_of(customer, given["service"])


@router.get("/customers", auth=Door(scopes.CUSTOMERS_READ), response=answers.Customers)
def customers(request: Asking, asked: Query[bodies.CustomersAsked]) -> dict[str, Any]:
    """Customers, the newest first; `q` is a number, phone or the beginning of a name."""
    rows = customers_of(request).prefetch_related("subscriptions")
    text = asked.q.strip()
    if text:
        rows = rows.filter(
            Q(number__iexact=text)
            | Q(phone__endswith=text.lstrip("+0"))
            | Q(name__istartswith=text)
        )
    page = lists.cut(rows, asked, f"customers:{request.caller.user.pk}")
    return page.told([shapes.customer_row(one) for one in page.rows])


@router.get(
    "/customers/{number}", auth=Door(scopes.CUSTOMERS_READ, find=there), response=answers.Customer
)
def customer(request: Asking, number: str) -> dict[str, Any]:
    """One customer."""
    return tags.shown(request, shapes.customer_row(customer_of(request, number)))


@router.get(
    "/customers/{number}/services",
    auth=Door(scopes.SERVICES_READ, find=there),
    response=answers.Services,
)
def services(request: Asking, number: str) -> dict[str, Any]:
    """A customer's services."""
    found = shapes.services(customer_of(request, number))
    return {"data": found, "next_cursor": None, "has_more": False}


@router.get(
    "/customers/{number}/services/{service}/audit",
    auth=Door(scopes.AUDIT_READ, find=there),
    response=answers.Events,
)
def service_audit(
    request: Asking, number: str, service: str, asked: Query[bodies.Paging]
) -> dict[str, Any]:
    """Who did what to a service, and why."""
    found = service_of(customer_of(request, number), service)
    rows = AuditEvent.objects.filter(target_type="subscription", target_id=str(found.pk))
    page = lists.cut(rows, asked, f"audit:{found.pk}")
    return page.told([_event(one) for one in page.rows])


def _move(request: Asking, number: str, service: str, what: str, body: bodies.Move) -> HttpResponse:
    found = service_of(customer_of(request, number), service)
    before = found.status
    if not body.reason.strip():
        raise Problem(
            422,
            "reason_missing",
            _("Say why."),
            errors=[{"pointer": "/body/reason", "code": "missing", "message": _("Say why.")}],
        )

    def write() -> tuple[int, Any]:
        try:
            invoice = _done(request, found, what, body)
        except ImpossibleMove as error:
            raise Problem(
                409, "invalid_transition", str(error), more={"current_status": before.lower()}
            ) from error
        except ReasonMissing as error:
            raise Problem(422, "reason_missing", str(error)) from error
        return 200, _moved(request, number, service, before, invoice)

    return doors.once(request, body.model_dump(mode="json"), write)


def _done(request: Asking, found: Subscription, what: str, body: bodies.Move) -> Invoice | None:
    on, act = body.effective_on or clock.today(), doors.act(request, body.reason)
    if what == "activate":
        return service_states.activate(subscription=found, on=on, act=act)
    if what == "suspend":
        kind = body.suspension_kind
        is_billed = service_states.bills_by_default(kind)
        service_states.suspend(subscription=found, kind=kind, is_billed=is_billed, on=on, act=act)
    elif what == "reactivate":
        service_states.reactivate(subscription=found, on=on, act=act)
    else:
        termination.terminate(subscription=found, on=on, act=act)
    return None


def _moved(
    request: Asking, number: str, service: str, before: str, invoice: Invoice | None
) -> dict[str, Any]:
    customer = customer_of(request, number)
    found = service_of(customer, service)
    events = AuditEvent.objects.filter(target_type="subscription", target_id=str(found.pk))
    last = events.order_by("-pk").first()
    rows = Subscription.objects.filter(pk=found.pk).select_related("package", "schedule")
    bill = None
    if invoice is not None and invoice.number:
        bill = shapes.invoice(
            shapes.with_span(Invoice.objects.filter(pk=invoice.pk)).get(), on=clock.today()
        )
    return answers.Moved.told(
        {
            "service": shapes.services(customer, rows)[0],
            "event": {
                "id": str(last.pk) if last else "",
                "at": shapes.moment(last.at) if last else None,
                "actor": request.caller.user.name,
                "from": before.lower(),
                "to": found.status.lower(),
                "reason": last.reason if last else "",
            },
            "invoice": bill,
        }
    )


_SWITCH = Door(scopes.SERVICES_SWITCH, find=there)


@router.post(
    "/customers/{number}/services/{service}/activate", auth=_SWITCH, response=answers.Moved
)
def activate(request: Asking, number: str, service: str, body: bodies.Move) -> HttpResponse:
    """Activate a pending service; its first bill comes with it."""
    return _move(request, number, service, "activate", body)


@router.post("/customers/{number}/services/{service}/suspend", auth=_SWITCH, response=answers.Moved)
def suspend(request: Asking, number: str, service: str, body: bodies.Move) -> HttpResponse:
    """Suspend a service; its router follows."""
    return _move(request, number, service, "suspend", body)


@router.post(
    "/customers/{number}/services/{service}/reactivate", auth=_SWITCH, response=answers.Moved
)
def reactivate(request: Asking, number: str, service: str, body: bodies.Move) -> HttpResponse:
    """Bring a suspended service back."""
    return _move(request, number, service, "reactivate", body)


@router.post("/customers/{number}/services/{service}/cancel", auth=_SWITCH, response=answers.Moved)
def cancel(request: Asking, number: str, service: str, body: bodies.Move) -> HttpResponse:
    """End a service; `effective_on` is its first day without."""
    return _move(request, number, service, "cancel", body)


@router.get("/tickets", auth=Door(scopes.TICKETS_READ), response=answers.Tickets)
def list_tickets(request: Asking, asked: Query[bodies.TicketsAsked]) -> dict[str, Any]:
    """Tickets, the newest first."""
    rows = _tickets(request)
    if asked.customer:
        rows = rows.filter(customer=customer_of(request, asked.customer))
    if asked.status:
        rows = rows.filter(state__in=[one.strip().upper() for one in asked.status.split(",")])
    page = lists.cut(rows, asked, f"tickets:{request.caller.user.pk}")
    return page.told([shapes.ticket(one, one.customer) for one in page.rows])


@router.get("/tickets/{number}", auth=Door(scopes.TICKETS_READ), response=answers.Ticket)
def ticket(request: Asking, number: str) -> dict[str, Any]:
    """One ticket."""
    found = ticket_of(request, number)
    return tags.shown(request, shapes.ticket(found, found.customer))


@router.post("/tickets", auth=Door(scopes.TICKETS_WRITE), response={201: answers.Ticket})
def open_ticket(request: Asking, body: bodies.OpenTicket) -> HttpResponse:
    """Open a ticket for a customer."""
    found = customer_of(request, body.customer)
    first = Category.objects.order_by("pk").values_list("code", flat=True).first()
    report = intake.Report(
        subject=body.subject,
        text=body.text,
        category=body.category or first or "",
        channel=Ticket.Channel.STAFF,
    )

    def write() -> tuple[int, Any]:
        made = intake.open_ticket(customer=found, report=report, act=doors.act(request))
        row = _tickets(request).get(pk=made.pk)
        return 201, answers.Ticket.told(shapes.ticket(row, found))

    return doors.once(request, body.model_dump(mode="json"), write)


def customers_of(request: Asking) -> QuerySet[Customer]:
    return directory.visible_to(request.caller.user).select_related("account_state", "area")


def customer_of(request: Asking, number: str) -> Customer:
    """Return a customer by number; one that became a part of another is found there for ever."""
    rows = customers_of(request).select_related("merged_into")
    found = rows.filter(number=number).first()
    if found is None:
        raise problems.missing()
    if found.merged_into is None:
        return found
    now = merges.survivor(found).number
    if f"/{number}/" in f"{request.path}/":
        moved = f"{request.path}/".replace(f"/{number}/", f"/{now}/", 1)[:-1]
        raise problems.moved(moved, request.META.get("QUERY_STRING", ""))
    return customer_of(request, now)


def service_of(customer: Customer, number: str) -> Subscription:
    """Return a customer's service by its id, or by the one it had before its account was merged."""
    prefix, _dash, line_no = number.rpartition("-")
    found, line = None, digits.whole(line_no)
    if line is not None:
        is_own = prefix == customer.number
        named = {"line_no": line} if is_own else {"pk": merges.service_id(prefix, line)}
        rows = Subscription.objects.filter(customer=customer, **named)
        found = rows.select_related("package", "customer").first()
    if found is None:
        raise problems.missing()
    return found


def ticket_of(request: Asking, number: str) -> Ticket:
    found = _tickets(request).filter(number=number).first()
    if found is None:
        raise problems.missing()
    return found


def _tickets(request: Asking) -> QuerySet[Ticket]:
    rows = tickets.visible_to(request.caller.user)
    return rows.select_related("customer", "category", "subscription")


def _event(one: AuditEvent) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "at": shapes.moment(one.at),
        "actor": one.actor_name,
        "action": one.action,
        "reason": one.reason or None,
        "before": one.before,
        "after": one.after,
        "request_id": one.request_id or None,
    }
