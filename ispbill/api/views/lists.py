"""What lists of both audiences share: filters of bills, pages, papers, the outage of a place."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from billing.allocation.models import Payment
from billing.invoices.models import Invoice
from billing.invoices.services import documents
from customers.models import Customer, Subscription
from ispbill.api.forms import bodies
from ispbill.api.queries import cursors, shapes, usage
from ispbill.api.views import problems
from ispbill.api.views.doors import Asking
from ispbill.api.views.problems import Problem
from ispbill.core import clock, rls
from network.outages.queries import affecting

_KNOWN = {"void", "paid", "credited", "overdue", "partial", "open"}


def cut(rows: QuerySet[Any, Any], asked: bodies.Paging, bound_to: str) -> cursors.Page:
    """Return a page of rows. Raises Problem for a cursor of another list."""
    told = f"{bound_to}:{asked.model_dump(exclude={'cursor', 'limit'})}"
    try:
        return cursors.page(rows, limit=asked.limit, cursor=asked.cursor, bound_to=told)
    except cursors.BadCursor as error:
        raise Problem(400, "invalid_cursor", _("This cursor belongs to another list.")) from error


def invoices(
    _request: Asking, rows: QuerySet[Invoice], asked: bodies.InvoicesAsked, bound_to: str
) -> dict[str, Any]:
    """Return a page of bills, narrowed by state and day of issue."""
    on = clock.today()
    wanted = {one.strip() for one in asked.status.split(",") if one.strip()}
    if wanted - _KNOWN:
        raise Problem(
            422,
            "invalid",
            _("There is no such status: %(words)s.")
            % {"words": ", ".join(sorted(wanted - _KNOWN))},
        )
    if wanted:
        meant = Q()
        for one in wanted:
            meant |= _state(one, on)
        rows = rows.filter(meant)
    if asked.issued_from:
        rows = rows.filter(issued_on__gte=asked.issued_from)
    if asked.issued_to:
        rows = rows.filter(issued_on__lte=asked.issued_to)
    page = cut(shapes.with_span(rows), asked, bound_to)
    return page.told([shapes.invoice(one, on=on) for one in page.rows])


def invoice(rows: QuerySet[Invoice], number: str) -> Invoice:
    """Return one bill of those a caller may see. Raises Problem 404."""
    found = shapes.with_span(rows).filter(number=number).first()
    if found is None:
        raise problems.missing()
    return found


def used(service: Subscription, number: str, asked: bodies.UsageAsked) -> dict[str, Any]:
    """Return the usage of a service in the span asked for. Raises Problem for an impossible one."""
    since, until = usage.days_between(asked.start, asked.end, today=clock.today())
    try:
        return usage.of(service, number, since, until)
    except ValueError as error:
        raise Problem(422, "invalid", str(error)) from error


def payments(rows: QuerySet[Payment], asked: bodies.PaymentsAsked, bound_to: str) -> dict[str, Any]:
    """Return a page of payments, narrowed by method."""
    if asked.method:
        rows = rows.filter(method__in=[one.strip().upper() for one in asked.method.split(",")])
    page = cut(shapes.with_parts(rows), asked, bound_to)
    return page.told([shapes.payment(one) for one in page.rows])


def pdf(invoice: Invoice) -> HttpResponse:
    """Return a bill's paper, or 202 while a worker makes it."""
    with rls.as_house():
        document = documents.request(
            kind="INVOICE",
            source_id=invoice.pk,
            language=invoice.language,
            customer=invoice.customer,
            at=clock.now(),
        )
    path = documents.file_of(document)
    if path is None:
        waiting = JsonResponse({"state": "being_made"}, status=202)
        waiting["Retry-After"] = "2"
        return waiting
    content = HttpResponse(path.read_bytes(), content_type="application/pdf")
    content["Content-Disposition"] = f'inline; filename="{invoice.number}.pdf"'
    return content


def outage_of(customer: Customer) -> str | None:
    """Return the number of an open outage at a customer's place."""
    found = affecting.touching(customer.pk, customer.area_id).order_by("-started_at").first()
    return found.number if found else None


def _state(word: str, on: Any) -> Q:
    is_open = Q(status=Invoice.Status.OPEN)
    owes, settled = is_open & Q(amount_due__gt=0), is_open & Q(amount_due=0)
    paid = Q(paid_amount__gt=0) | Q(total_amount=0)
    part = Q(paid_amount__gt=0)
    return {
        "void": Q(status=Invoice.Status.VOID),
        "paid": settled & paid,
        "credited": settled & ~paid,
        "overdue": owes & Q(due_date__lt=on),
        "partial": owes & Q(due_date__gte=on) & part,
        "open": owes & Q(due_date__gte=on) & ~part,
    }[word]
