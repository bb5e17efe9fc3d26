"""The register of payments: list, one payment, and the panels of bills and customers."""

from datetime import date, timedelta

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from billing.allocation.models import Allocation, Payment
from billing.invoices.queries import bills
from billing.receivables.queries import receipts
from billing.receivables.services import deposits
from customers.queries import directory
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.accounts.models import Branch
from ispbill.core import chips, clock, digits, paging, sheets
from ispbill.notifications.models import Message
from payments.desk.forms.staff import Find
from payments.desk.queries import register, statements
from payments.desk.views import list_choices
from payments.online.models import PaymentAttempt
from payments.online.queries import money_out, refundable

SIZES = (25, 50, 100, 200)
_POSITION = {*paging.POSITION, "size"}
PANEL_ROWS = 25
_NAMES = {
    "cashier": lambda pk: str(register.cashiers().filter(pk=pk).first() or pk),
    "branch": lambda pk: str(Branch.objects.filter(pk=pk).first() or pk),
}


@require_GET
@vary_on_headers("HX-Request")
@staff_only("payments.view")
def index(request: Request) -> HttpResponse:
    """List payments, newest first, with the totals of everything the filters leave."""
    asked_for = _with_period(request)
    form = Find(asked_for)
    filters = form.filters()
    found = register.filtered(register.visible_to(request.user), filters)
    size = _size(request)
    page = register.page(
        found, size=size, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    totals = register.totals(found)
    shown = list_choices.chosen(request.user)
    context = {
        "columns": shown,
        "form": form,
        "filters": filters,
        "page": page,
        "totals": totals,
        "pager": paging.foot(page, request.GET, size=size, sizes=SIZES, total=totals.rows),
        "chips": chips.of(form, asked_for, words=_NAMES, kept={"all": "1"}),
        "is_swap": responses.is_fragment(request, "list"),
    }
    if context["is_swap"]:
        return render(request, "payments/desk/staff/_rows.html", context)
    asked = {name: str(value) for name, value in request.GET.items() if value}
    kept_query = urlencode({key: text for key, text in asked.items() if key not in _POSITION})
    context["tabs"] = [*_views(request), *list_choices.tabs(request.user, query=kept_query)]
    context |= {"kept_query": kept_query, "choices": list_choices.choices(shown)}
    query = urlencode({name: str(value) for name, value in asked_for.items() if value})
    context["exports"] = _exports(query)
    form.offer(
        cashiers=register.cashiers(),
        branches=Branch.objects.filter(archived_at__isnull=True).order_by("name"),
    )
    return render(request, "payments/desk/staff/index.html", context)


@require_GET
@staff_only("payments.view")
def detail(request: Request, receipt: str) -> HttpResponse:
    """Show one payment: what it paid, how it is booked, what was said about it."""
    payment = payment_of(request, receipt)
    context = {
        "payment": payment,
        "allocations": Allocation.objects.filter(payment=payment)
        .select_related("invoice")
        .order_by("at", "pk"),
        "credit": payment.credit_amount,
        "booked": register.booked(payment),
        "texts": Message.objects.filter(
            customer_id=payment.customer_id, context__receipt=payment.receipt_number
        ).order_by("-pk")[:20],
        "public_url": request.build_absolute_uri(
            reverse("public_payments:receipt", args=[receipts.token_of(payment)])
        ),
        "may_reverse": may(request.user, "payments.reverse")
        and payment.status == Payment.Status.COMPLETED,
        "may_take": may(request.user, "payments.take"),
        "attempt": PaymentAttempt.objects.filter(
            payment=payment, state=PaymentAttempt.State.SETTLED
        ).first()
        if may(request.user, "payments.refund")
        else None,
    }
    return render(request, "payments/desk/staff/detail.html", context)


@require_GET
@vary_on_headers("HX-Request")
@staff_only("payments.view")
def invoice_panel(request: Request, number: str) -> HttpResponse:
    """Show what has been paid on one invoice, as a part of the invoice's page."""
    invoice = get_object_or_404(bills.visible_to(request.user), number=number)
    context = {
        "invoice": invoice,
        "is_owed": invoice.status == invoice.Status.OPEN and invoice.amount_due > 0,
        "allocations": Allocation.objects.filter(invoice=invoice)
        .select_related("payment__received_by")
        .order_by("at", "pk"),
    }
    return responses.region(
        request,
        context,
        part="payments/desk/staff/_invoice_panel.html",
        page="payments/desk/staff/invoice_panel.html",
    )


@require_GET
@staff_only("payments.view")
def customer_panel(request: Request, number: str) -> HttpResponse:
    """Show the payments of one customer, and why the balance is what it is."""
    customer = get_object_or_404(
        directory.visible_to(request.user).select_related("account_state"), number=number
    )
    today = clock.today()
    since = today - timedelta(days=365)
    context = {
        "customer": customer,
        "balance": customer.account_state.balance_amount,
        "payments": Payment.objects.filter(customer=customer, receipt_number__isnull=False)
        .select_related("received_by")
        .order_by("-pk")[:PANEL_ROWS],
        "statement": statements.statement(customer, since=since, until=today),
        "statement_url": reverse("staff_payments:statement", args=[number]),
        "may_take": may(request.user, "payments.take"),
        "may_refund": may(request.user, "payments.refund"),
        "credit": refundable.available(customer.pk),
        "wallet_credit": refundable.available(customer.pk, of_wallets=True),
        "held": deposits.held(customer.pk),
        "money_out": money_out.of_customer(customer.pk),
    }
    return responses.region(
        request,
        context,
        part="payments/desk/staff/_customer_panel.html",
        page="payments/desk/staff/customer_panel.html",
    )


def payment_of(request: Request, receipt: str) -> Payment:
    """Return a payment in reach by its receipt; somebody else's is not found."""
    payments = register.visible_to(request.user).select_related(
        "customer__account_state", "received_by", "reversed_by", "branch"
    )
    return get_object_or_404(payments, receipt_number=receipt)


def _size(request: Request) -> int:
    size = digits.whole(request.GET.get("size", ""))
    return size if size in SIZES else SIZES[1]


def _month(today: date) -> date:
    return today.replace(day=1)


def _with_period(request: Request) -> QueryDict:
    """Fill in the present month where the address asks for no period, customer or text."""
    given = request.GET.copy()
    if not any(given.get(name) for name in ("since", "until", "customer", "q", "all")):
        given["since"] = str(_month(clock.today()))
    return given


def _exports(query: str) -> list[dict[str, str]]:
    address = f"{reverse('staff_payments:export')}?{query}"
    return sheets.offered(address, f"{address}&format=xlsx")


def _views(request: Request) -> list[dict[str, object]]:
    today = clock.today()
    month = str(_month(today))
    asked = {name: value for name, value in request.GET.items() if value and name != "size"}
    views = [
        (_("This month"), {}, asked in ({}, {"since": month})),
        (_("Today"), {"since": str(today)}, asked == {"since": str(today)}),
        (
            _("Mine today"),
            {"since": str(today), "cashier": str(request.user.pk)},
            asked == {"since": str(today), "cashier": str(request.user.pk)},
        ),
        (_("Reversed"), {"state": "REVERSED", "all": "1"}, asked.get("state") == "REVERSED"),
        (_("All payments"), {"all": "1"}, asked == {"all": "1"}),
    ]
    base = reverse("staff_payments:index")
    return [
        {"label": label, "url": f"{base}?{urlencode(query)}", "current": current}
        for label, query, current in views
    ]
