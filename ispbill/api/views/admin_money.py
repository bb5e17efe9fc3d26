"""/api/admin/: money and usage."""

import uuid
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from billing.invoices.models import Invoice
from billing.invoices.queries import bills
from billing.receivables.services import admission, settlement
from billing.receivables.services.admission import Asked
from billing.run.models import BillingRun
from billing.run.services import projections, run_requests
from billing.run.services.run_requests import Wanted
from customers.models import Subscription
from ispbill.accounts.access import branch_scope
from ispbill.api.forms import answers, bodies
from ispbill.api.queries import shapes
from ispbill.api.rules import scopes
from ispbill.api.views import admin, doors, lists, problems
from ispbill.api.views.doors import Asking, Door
from ispbill.api.views.problems import Problem
from ispbill.core import clock
from ispbill.core.models import Company
from payments.desk.queries import register

router = Router(tags=["admin"], by_alias=True)
_MOST = 20


@router.get(
    "/customers/{number}/billing",
    auth=Door(scopes.BILLING_READ, find=admin.there),
    response=answers.CustomerBilling,
)
def customer_billing(request: Asking, number: str) -> dict[str, Any]:
    """What a customer owes and has paid, with the latest papers."""
    found, on = admin.customer_of(request, number), clock.today()
    issued = Invoice.objects.filter(customer=found).exclude(status=Invoice.Status.DRAFT)
    standing = issued.exclude(status=Invoice.Status.VOID)
    late = Q(status=Invoice.Status.OPEN, amount_due__gt=0, due_date__lt=on)
    sums = standing.aggregate(
        invoiced=Sum("total_amount"),
        paid=Sum("paid_amount"),
        overdue=Sum("amount_due", filter=late),
        late=Count("pk", filter=late),
    )
    living = found.subscriptions.filter(status=Subscription.Status.ACTIVE)
    monthly = living.filter(cycle="MONTHLY").aggregate(all=Sum("price_amount"))["all"]
    payments = register.visible_to(request.caller.user).filter(customer=found)
    return {
        "customer": shapes.party(found),
        "summary": {
            "balance_amount": shapes.amount(found.account_state.balance_amount),
            "overdue_amount": shapes.amount(sums["overdue"]),
            "invoiced_amount": shapes.amount(sums["invoiced"]),
            "paid_amount": shapes.amount(sums["paid"]),
            "monthly_amount": shapes.amount(monthly),
            "overdue_count": sums["late"],
            "active_services": living.count(),
        },
        "invoices": [
            shapes.invoice(one, on=on) for one in shapes.with_span(issued).order_by("-pk")[:_MOST]
        ],
        "payments": [
            shapes.payment(one) for one in shapes.with_parts(payments).order_by("-pk")[:_MOST]
        ],
        "services": shapes.services(found),
    }


@router.get("/payments", auth=Door(scopes.PAYMENTS_READ), response=answers.Payments)
def payments(request: Asking, asked: Query[bodies.PaymentsAsked]) -> dict[str, Any]:
    """Payments with a receipt, the newest first."""
    rows = register.visible_to(request.caller.user)
    if asked.customer:
        rows = rows.filter(customer=admin.customer_of(request, asked.customer))
    return lists.payments(rows, asked, f"payments:{request.caller.user.pk}")


@router.get("/payments/{receipt}", auth=Door(scopes.PAYMENTS_READ), response=answers.Payment)
def payment(request: Asking, receipt: str) -> dict[str, Any]:
    """One payment."""
    rows = register.visible_to(request.caller.user).filter(receipt_number=receipt)
    found = shapes.with_parts(rows).first()
    if found is None:
        raise problems.missing()
    return shapes.payment(found)


@router.post(
    "/payments", auth=Door(scopes.PAYMENTS_WRITE, needs_key=True), response={201: answers.Payment}
)
def take_payment(request: Asking, body: bodies.TakePayment) -> HttpResponse:
    """Record money received; the Idempotency-Key makes one payment of however many calls."""
    found = admin.customer_of(request, body.customer)
    user = request.caller.user
    key = f"api:{user.pk}:{doors.key_of(request)}"

    def write() -> tuple[int, Any]:
        try:
            asked = Asked(
                customer_id=found.pk,
                amount=body.amount,
                method=body.method.upper(),
                received_by=user,
                received_at=clock.now(),
                key=key if len(key) <= 64 else uuid.uuid5(uuid.NAMESPACE_URL, key).hex,
                act=doors.act(request),
                reference=body.reference,
            )
        except ValueError as error:
            raise Problem(422, "invalid", _("There is no such method.")) from error
        try:
            settled = settlement.settle(asked)
        except admission.PossibleDuplicate as error:
            raise Problem(409, "duplicate_payment", str(error)) from error
        row = shapes.with_parts(register.visible_to(user).filter(pk=settled.payment.pk)).get()
        return 201, answers.Payment.told(shapes.payment(row))

    return doors.once(request, body.model_dump(mode="json"), write)


@router.get("/invoices", auth=Door(scopes.BILLING_READ), response=answers.Invoices)
def invoices(request: Asking, asked: Query[bodies.InvoicesAsked]) -> dict[str, Any]:
    """Bills, the newest first."""
    rows = bills.visible_to(request.caller.user)
    if asked.customer:
        rows = rows.filter(customer=admin.customer_of(request, asked.customer))
    return lists.invoices(request, rows, asked, f"invoices:{request.caller.user.pk}")


@router.get("/invoices/{number}", auth=Door(scopes.BILLING_READ), response=answers.InvoiceWhole)
def invoice(request: Asking, number: str) -> dict[str, Any]:
    """One bill."""
    found = lists.invoice(bills.visible_to(request.caller.user), number)
    return shapes.invoice_whole(found, on=clock.today())


@router.get("/usage", auth=Door(scopes.USAGE_READ), response=answers.Usage)
def used(request: Asking, asked: Query[bodies.UsageAsked]) -> dict[str, Any]:
    """Usage of one service, day by day."""
    number, _dash, _line = asked.service.rpartition("-")
    found = admin.service_of(admin.customer_of(request, number), asked.service)
    return lists.used(found, asked.service, asked)


@router.post(
    "/billing/generate-invoices-now",
    auth=Door(scopes.BILLING_RUN),
    response={200: answers.Run, 202: answers.Run},
)
def generate(request: Asking, body: bodies.Generate) -> HttpResponse:
    """Bill what is due: a dry run says what would come, the real one is done by a worker."""
    user = request.caller.user
    on, branch = body.date or clock.today(), branch_scope(user)
    chosen = (admin.customer_of(request, body.customer).pk,) if body.customer else None

    def write() -> tuple[int, Any]:
        if body.dry_run:
            plan = projections.project(on=on, bill_day=body.bill_day, branch_id=branch)
            return 200, _plan(plan)
        key = uuid.uuid4().hex
        wanted = Wanted(on, body.bill_day, branch, chosen)
        run_requests.request(key=key, wanted=wanted, act=doors.act(request))
        return 202, {
            "run_id": key,
            "state": "ordered",
            "generated": 0,
            "skipped": 0,
            "failed": 0,
            "total_amount": None,
            "currency": Company.current().currency,
        }

    return doors.once(request, body.model_dump(mode="json"), write)


@router.get("/billing/runs/{key}", auth=Door(scopes.BILLING_READ), response=answers.Run)
def run(request: Asking, key: str) -> dict[str, Any]:
    """How far an ordered run is."""
    order = run_requests.find(key)
    is_mine = branch_scope(request.caller.user) in (None, order.branch_id if order else None)
    if order is None or not is_mine:
        raise problems.missing()
    found = BillingRun.objects.filter(job_run__detail__request=key).order_by("-pk").first()
    return _run(key, found)


def _run(key: str, found: BillingRun | None) -> dict[str, Any]:
    return {
        "run_id": key,
        "state": "ordered" if found is None else "done" if found.finished_at else "running",
        "generated": found.invoice_count if found else 0,
        "skipped": found.skipped_count if found else 0,
        "failed": found.failed_count if found else 0,
        "total_amount": shapes.amount(found.total_amount) if found else None,
        "currency": Company.current().currency,
    }


def _plan(plan: Any) -> dict[str, Any]:
    return {
        "run_id": "",
        "state": "dry_run",
        "generated": plan.shown.invoices,
        "skipped": 0,
        "failed": 0,
        "total_amount": shapes.amount(plan.shown.total),
        "currency": Company.current().currency,
    }
