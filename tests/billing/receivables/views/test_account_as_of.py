"""A customer's account on a past day: what it was then, not what it is now."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.invoices.models import InvoiceLine
from billing.receivables.services import crediting, voiding
from billing.receivables.services.crediting import Given
from customers.models import Customer, Subscription
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core import clock
from ispbill.core.acts import Act
from payments.desk.services import reversing
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory, SubscriptionFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)

WHY = "because the test says so"


def moment(month, day, hour=4):
    return datetime(2026, month, day, hour, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _march(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: moment(3, 1))


@pytest.fixture
def customer(client):
    client.force_login(UserFactory())
    return CustomerFactory(name="Rahim", created_at=moment(1, 1), area=AreaFactory())


def page(client, customer, on):
    url = reverse("staff_books:account-as-of", args=[customer.number])
    return client.get(url, {"on": on})


def account(client, customer, on):
    return page(client, customer, on).context["account"]


def change(model, pk, at, **values):
    from django.db import transaction

    with transaction.atomic():
        trail.begin(act=Act(None, at, reason=WHY))
        model.objects.filter(pk=pk).update(**values)


def test_the_person_and_the_services_are_as_they_were(client, customer):
    service = SubscriptionFactory(
        customer=customer, created_at=moment(1, 5), price_amount=Decimal("1000.00")
    )
    change(Customer, customer.pk, moment(2, 10), name="Rahim Uddin")
    change(Subscription, service.pk, moment(2, 10), price_amount=Decimal("1500.00"))

    before, after = account(client, customer, "2026-02-09"), account(client, customer, "2026-02-10")

    assert (before.person["name"], after.person["name"]) == ("Rahim", "Rahim Uddin")
    assert [one.price for one in (*before.services, *after.services)] == [
        Decimal("1000.00"),
        Decimal("1500.00"),
    ]
    assert account(client, customer, "2026-01-03").services == []


def test_balance_and_open_bills_are_as_they_were(client, customer):
    invoice = open_invoice(customer)  # 1 January, 1,150.00
    payment = paid(customer, "400.00", at=moment(1, 10))
    reversing.reverse(payment=payment, act=Act(None, moment(1, 20), reason=WHY))
    crediting.credit(
        invoice=invoice,
        given=[Given(line=InvoiceLine.objects.get(), net=Decimal("150.00"))],
        on=date(2026, 2, 1),
        act=Act(None, moment(2, 1), reason=WHY),
    )
    paid(customer, "1000.00", at=moment(2, 5))

    def seen(on):
        shown = account(client, customer, on)
        return shown.balance, [one.due for one in shown.invoices]

    assert [
        seen(on) for on in ("2026-01-09", "2026-01-10", "2026-01-20", "2026-02-01", "2026-02-05")
    ] == [
        (Decimal("1150.00"), [Decimal("1150.00")]),
        (Decimal("750.00"), [Decimal("750.00")]),
        (Decimal("1150.00"), [Decimal("1150.00")]),
        (Decimal("1000.00"), [Decimal("1000.00")]),
        (Decimal("0.00"), []),
    ]


def test_a_bill_that_was_voided_later_was_open_then(client, customer):
    invoice = open_invoice(customer)
    voiding.void(invoice=invoice, act=Act(None, moment(2, 1), on=date(2026, 2, 1), reason=WHY))

    assert len(account(client, customer, "2026-01-31").invoices) == 1
    assert account(client, customer, "2026-02-01").invoices == []


def test_money_that_had_paid_nothing_yet_is_credit(client, customer):
    paid(customer, "300.00", at=moment(1, 10))

    shown = account(client, customer, "2026-01-31")

    assert (shown.balance, shown.credit) == (Decimal("-300.00"), Decimal("300.00"))


def test_a_day_without_the_customer_and_days_to_come(client, customer):
    assert account(client, customer, "2025-12-30") is None
    assert page(client, customer, "2026-12-30").context["on"] == date(2026, 3, 1)
    assert page(client, customer, "nonsense").context["on"] == date(2026, 2, 28)


def test_another_branchs_customer_is_not_found(client, customer):
    client.force_login(UserFactory(role=User.Role.BRANCH_MANAGER, branch=BranchFactory()))

    assert page(client, customer, "2026-02-01").status_code == 404


def test_more_services_and_bills_ask_no_more_questions(client, customer):
    def queries():
        page(client, customer, "2026-02-01")
        with CaptureQueriesContext(connection) as caught:
            page(client, customer, "2026-02-01")
        return len(caught)

    SubscriptionFactory(customer=customer, created_at=moment(1, 5))
    open_invoice(customer)
    few = queries()
    for number in (2, 3, 4):
        SubscriptionFactory(customer=customer, created_at=moment(1, 5), line_no=number)
        open_invoice(customer)

    assert queries() == few
