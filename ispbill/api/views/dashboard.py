"""/api/dashboard/: what a customer's own program, or the portal's page, may ask."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Aggregate, Count, QuerySet, Subquery, Sum, Value
from django.http import HttpResponse
from ninja import Query, Router

from billing.allocation.models import Payment
from billing.dunning.queries import own_account
from billing.invoices.models import Invoice
from billing.invoices.queries import bills
from customers.models import Customer, Subscription
from customers.queries import merges
from ispbill.api.forms import answers, bodies
from ispbill.api.queries import shapes
from ispbill.api.rules import scopes
from ispbill.api.views import doors, lists, problems
from ispbill.api.views.doors import Asking, Door
from ispbill.core import clock, digits, rls
from ispbill.core.models import Company
from payments.debits.services import methods, removing
from payments.online.models import PaymentMethod
from tickets.models import Ticket
from tickets.queries import tickets

router = Router(tags=["dashboard"], by_alias=True)
READ, WRITE = Door(scopes.DASHBOARD_READ), Door(scopes.DASHBOARD_WRITE)
_RECENT = 5


@router.get("/summary", auth=READ, response=answers.Summary)
@doors.under_rls
def summary(request: Asking, account: str = "") -> dict[str, Any]:
    """The account at a glance: what is owed, until when, services, the latest papers."""
    customer, on = doors.account(request, account), clock.today()
    services = shapes.services_of(customer)  # its state is the best of them
    owing = own_account.owing(customer, on=on, among=services)
    late, under_way, waiting = _sums(customer, on)
    invoices = shapes.with_span(_invoices(customer)).order_by("-pk")[:_RECENT]
    payments = shapes.with_parts(_payments(customer)).order_by("-pk")[:_RECENT]
    return {
        "customer": shapes.party(customer),
        "balance_amount": shapes.amount(owing.balance),
        "overdue_amount": shapes.amount(late),
        "under_way_amount": shapes.amount(under_way),
        "currency": Company.current().currency,
        "next_due_date": owing.due_on,
        "next_billing_date": owing.next_bill_on,
        "services": shapes.services(customer, services),
        "recent_invoices": [shapes.invoice(one, on=on) for one in invoices],
        "recent_payments": [shapes.payment(one) for one in payments],
        "open_tickets": waiting,
        "outage": lists.outage_of(customer),
    }


@router.get("/services", auth=READ, response=answers.Services)
@doors.under_rls
def services(request: Asking, account: str = "") -> dict[str, Any]:
    """All services of the account."""
    found = shapes.services(doors.account(request, account))
    return {"data": found, "next_cursor": None, "has_more": False}


@router.get("/usage", auth=READ, response=answers.Usage)
@doors.under_rls
def used(request: Asking, asked: Query[bodies.UsageAsked]) -> dict[str, Any]:
    """What flowed on a service, day by day, [from, to); 400 days at most."""
    number, _dash, line_no = asked.service.rpartition("-")
    customer, service_id = doors.account(request, number), None
    if number and number != customer.number and (line := digits.whole(line_no)):
        with rls.as_house():
            service_id = merges.service_id(number, line)
    service = _service(customer, line_no, pk=service_id)
    return lists.used(service, f"{customer.number}-{service.line_no}", asked)


@router.get("/invoices", auth=READ, response=answers.Invoices)
@doors.under_rls
def invoices(
    request: Asking, asked: Query[bodies.InvoicesAsked], account: str = ""
) -> dict[str, Any]:
    """The account's bills, newest first."""
    customer = doors.account(request, account or asked.customer)
    return lists.invoices(request, _invoices(customer), asked, f"own:{customer.pk}")


@router.get("/invoices/{number}", auth=READ, response=answers.InvoiceWhole)
@doors.under_rls
def invoice(request: Asking, number: str) -> dict[str, Any]:
    """One bill with its lines and what was paid on it."""
    return shapes.invoice_whole(_invoice(request, number), on=clock.today())


@router.get("/invoices/{number}/pdf", auth=READ, response={200: None, 202: None})
@doors.under_rls
def invoice_pdf(request: Asking, number: str) -> HttpResponse:
    """The bill as PDF; 202 while it is being made."""
    return lists.pdf(_invoice(request, number))


@router.get("/billing", auth=READ, response=answers.Billing)
@doors.under_rls
def billing(request: Asking, account: str = "") -> dict[str, Any]:
    """What is owed, what comes next, how it is paid."""
    customer, on = doors.account(request, account), clock.today()
    owing = own_account.owing(customer, on=on)
    ways = shapes.methods(_methods(customer))
    primary = next((one for one in ways if one["is_primary"]), None)
    paid = _payments(customer).filter(status=Payment.Status.COMPLETED, posted_on__year=on.year)
    first = Subscription.objects.filter(customer=customer).order_by("line_no").first()
    return {
        "balance_amount": shapes.amount(owing.balance),
        "overdue_amount": shapes.amount(
            _late(customer, on).aggregate(all=Sum("amount_due"))["all"]
        ),
        "credit_limit_amount": None,
        "next_bill_amount": None
        if owing.next_bill_amount is None
        else shapes.amount(owing.next_bill_amount),
        "paid_this_year_amount": shapes.amount(paid.aggregate(all=Sum("amount"))["all"]),
        "currency": Company.current().currency,
        "billing_day": first.billing_day if first else None,
        "next_billing_date": owing.next_bill_on,
        "is_auto_pay": bool(primary and primary["mandate_status"] == "active"),
        "primary_method": primary,
    }


@router.get("/payment-methods", auth=READ, response=answers.Methods)
@doors.under_rls
def payment_methods(request: Asking, account: str = "") -> dict[str, Any]:
    """The ways to pay, the first choice first; numbers are masked."""
    found = shapes.methods(_methods(doors.account(request, account)))
    return {"data": found, "next_cursor": None, "has_more": False}


@router.post("/payment-methods", auth=WRITE, response={201: answers.Method})
@doors.under_rls
def add_method(request: Asking, body: bodies.AddMethod, account: str = "") -> HttpResponse:
    """Keep the account transfers come from. Bank accounts for debit orders are signed on pages."""
    customer = doors.account(request, account)

    def write() -> tuple[int, Any]:
        made = methods.add(
            customer=customer,
            kind=PaymentMethod.Kind.EFT,
            details={"number": body.number},
            holder=body.holder,
            bank=body.bank or "EFT",
            act=doors.act(request),
        )
        return 201, shapes.methods([made])[0]

    return doors.once(request, body.model_dump(), write)


@router.patch("/payment-methods/{key}", auth=WRITE, response=answers.Method)
@doors.under_rls
def choose_method(request: Asking, key: str, body: bodies.MakePrimary) -> HttpResponse:
    """Make a way to pay the first choice."""
    method = _method(request, key)

    def write() -> tuple[int, Any]:
        return 200, shapes.methods([methods.make_primary(method=method, act=doors.act(request))])[0]

    return doors.once(request, body.model_dump(), write)


@router.delete("/payment-methods/{key}", auth=WRITE, response={204: None})
@doors.under_rls
def remove_method(request: Asking, key: str) -> HttpResponse:
    """Remove a way to pay; what collects through it stops."""
    method = _method(request, key)

    def write() -> tuple[int, Any]:
        removing.remove(method=method, act=doors.act(request))
        return 204, None

    return doors.once(request, None, write)


def _invoices(customer: Customer) -> QuerySet[Invoice]:
    return Invoice.objects.filter(customer=customer).exclude(status=Invoice.Status.DRAFT)


def _payments(customer: Customer) -> QuerySet[Payment]:
    return Payment.objects.filter(customer=customer).exclude(receipt_number=None)


def _late(customer: Customer, on: date) -> QuerySet[Invoice]:
    return _invoices(customer).filter(status=Invoice.Status.OPEN, due_date__lt=on)


def _sums(customer: Customer, on: date) -> tuple[Decimal | None, Decimal | None, int]:
    """Return what is overdue, what was paid and is not certain yet, and how many tickets are open.

    One statement: each by itself would cost the way to the database and back.
    """
    pending = Payment.objects.filter(customer=customer, status=Payment.Status.PENDING)
    over = [Ticket.State.RESOLVED, Ticket.State.CLOSED]
    waiting = tickets.own([customer.pk]).exclude(state__in=over)
    found: tuple[Decimal | None, Decimal | None, int] = Customer.objects.values_list(
        _all(_late(customer, on), Sum("amount_due")),
        _all(pending, Sum("amount")),
        _all(waiting, Count("pk")),
    ).get(pk=customer.pk)
    return found[0], found[1], found[2] or 0


def _all(rows: QuerySet[Any], what: Aggregate) -> Subquery:
    whole = rows.order_by().annotate(_all=Value(1)).values("_all").annotate(_of_all=what)
    return Subquery(whole.values("_of_all"))


def _invoice(request: Asking, number: str) -> Invoice:
    caller = request.caller
    mine = bills.visible_to(caller.user, customer_ids=caller.customer_ids)
    return lists.invoice(mine, number)


def _service(customer: Customer, line_no: str, *, pk: int | None) -> Subscription:
    """Return a service of an account, by id where its line number is of an account merged since."""
    mine = Subscription.objects.filter(customer=customer).order_by("line_no")
    if pk is not None:
        mine = mine.filter(pk=pk)
    elif (line := digits.whole(line_no)) is not None:
        mine = mine.filter(line_no=line)
    found = mine.first()
    if found is None:
        raise problems.missing()
    return found


_READ = ("key", "kind", "label", "holder", "is_primary", "customer_id")


def _methods(customer: Customer) -> list[PaymentMethod]:
    kept = PaymentMethod.objects.filter(customer=customer, removed_at=None)
    return list(kept.only(*_READ).order_by("-is_primary", "pk"))


def _method(request: Asking, key: str) -> PaymentMethod:
    try:
        wanted = UUID(key.removeprefix("pm_"))
    except ValueError as error:
        raise problems.missing() from error
    kept = PaymentMethod.objects.filter(
        customer_id__in=request.caller.customer_ids, key=wanted, removed_at=None
    )
    found = kept.only(*_READ).first()
    if found is None:
        raise problems.missing()
    return found
