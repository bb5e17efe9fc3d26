"""Who visits which pages: the named pages of the bench, and people with sessions of their own."""

from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from billing.allocation.models import Payment
from billing.invoices.models import Invoice
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from billing.run.services import cycle
from customers.models import Customer, CustomerLogin
from ispbill.accounts.models import Branch, User
from ispbill.core.acts import Act
from ispbill.devtools import sessions
from ispbill.devtools.bench import population, scratch
from ispbill.devtools.bench.billing import ON
from network.models import Router

STAFF, CUSTOMER, NOBODY = "staff", "customer", ""
PAYMENTS = 120


@dataclass(frozen=True)
class Page:
    """A page: who opens it, and how many queries it may cost (performance.md P18)."""

    name: str
    url: str
    visitor: str
    ceiling: int


LIST, DETAIL, DASHBOARD, FORM = 8, 12, 8, 8
MINE = DETAIL + 1  # and how many messages are new
MY_HOME = MINE + 2  # and what is disturbed where the customer is, and what we ask


def fill(customers: int) -> None:
    """Fill the present bench database: a billed month, payments, routers and people."""
    population.fill(customers)
    scratch.vacuum()
    cycle.run(on=ON, act=Act(None, timezone.now()))
    branch = Branch.objects.order_by("pk")[0]
    for number in range(20):
        Router.objects.create(
            name=f"router-{number}",
            host="127.0.0.1",
            port=40_000 + number,
            branch=branch,
            username="ispbill",
            sealed_password="",
        )
    cashier = person("owner@bench.test", User.Role.OWNER)
    every = max(1, customers // PAYMENTS)
    for number, customer in enumerate(Customer.objects.order_by("pk")[::every]):
        settlement.settle(
            Asked(
                customer_id=customer.pk,
                amount=Decimal(500),
                method=Payment.Method.CASH,
                received_by=cashier,
                received_at=timezone.now(),
                key=f"bench-{number}",
                act=Act(cashier, timezone.now()),
            )
        )
    portal = person("customer@bench.test", User.Role.CUSTOMER)
    CustomerLogin.objects.create(user=portal, customer=known_customer())
    scratch.vacuum()


def known_customer() -> Customer:
    """Return the customer whose pages are opened: billed, and with a payment."""
    return Customer.objects.order_by("pk")[0]


def person(login: str, role: str) -> User:
    """Make somebody who can sign in; no password is ever asked for."""
    return User.objects.create(login=login, name="Bench Person", role=role, password="")


def cookie_of(visitor: str) -> str:
    """Make a session as a sign-in would; return its cookie's value."""
    role = User.Role.CUSTOMER if visitor == CUSTOMER else User.Role.OWNER
    user = User.objects.get(login__endswith="@bench.test", role=role)
    return sessions.cookie_of(user)


def pages() -> list[Page]:
    """Return the named pages of the present bench database."""
    customer = known_customer()
    panel = {"number": customer.number}
    bill = {"number": str(Invoice.objects.filter(customer=customer)[0].number)}
    listing = "staff_customers:index"
    return [
        _page("login", "accounts:login", NOBODY, FORM),
        _page("dashboard", "staff:dashboard", STAFF, DASHBOARD),
        _page("customers", listing, STAFF, LIST, query="?size=50"),
        _page("customers filtered", listing, STAFF, LIST, query="?size=50&branch=2&churn=HIGH"),
        _page("customers searched", listing, STAFF, LIST, query="?size=50&q=road"),
        _page("customer", "staff_customers:customer", STAFF, DETAIL, panel),
        _page("customer's bills", "staff_billing:customer-panel", STAFF, DETAIL, panel),
        _page("customer's payments", "staff_payments:customer-panel", STAFF, DETAIL, panel),
        _page("customer's lines", "staff_network:customer-panel", STAFF, LIST, panel),
        _page("invoices", "staff_billing:invoices", STAFF, LIST),
        _page("invoice", "staff_billing:invoice", STAFF, DETAIL, bill),
        _page("payments", "staff_payments:index", STAFF, LIST),
        _page("cash desk", "staff_payments:cash-desk", STAFF, LIST),
        _page("audit log", "staff_audit:index", STAFF, LIST),
        _page("job runs", "staff_audit:job-runs", STAFF, LIST),
        _page("routers", "staff_network:routers", STAFF, LIST),
        _page("packages", "staff_customers:packages", STAFF, LIST),
        _page("messages", "staff_notifications:outbox", STAFF, LIST),
        _page("my home", "portal:home", CUSTOMER, MY_HOME),
        _page("my bills", "portal:bills", CUSTOMER, MINE),
        _page("my bill", "portal:invoice", CUSTOMER, DETAIL, bill),
    ]


def _page(
    name: str,
    view: str,
    visitor: str,
    ceiling: int,
    arguments: dict[str, str] | None = None,
    *,
    query: str = "",
) -> Page:
    return Page(name, reverse(view, kwargs=arguments) + query, visitor, ceiling)
