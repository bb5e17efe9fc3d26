"""The head of a customer's page: state card, findings and facts, by the services of the house."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.invoices.services import invoicing
from billing.invoices.services.invoicing import NewLine
from customers.models import AccountState, Customer
from customers.services import lifecycle
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.money import Taxed
from network.models import Access
from network.services import sessions
from tests.factories import billing
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.network import AccessFactory
from tests.factories.payments import paid

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def chart():
    billing.chart()


def page(client, customer, rest=""):
    return client.get(f"/admin/customers/{customer.number}/{rest}")


def bill(customer, *, due, amount="735.00", kind="RECURRING"):
    line = NewLine(
        kind="ADJUSTMENT",
        description="Internet",
        amount=Taxed(Decimal(amount), Decimal("0.00")),
        tax_rate=Decimal(0),
    )
    at = clock.now() - (clock.today() - due) - timedelta(days=7)
    return invoicing.issue(
        customer=customer,
        lines=[line],
        kind=kind,
        due_date=due,
        on=clock.local_date(at),
        act=Act(None, at),
    )


def suspend(service, kind, *, days=0):
    at = clock.now() - timedelta(days=days)
    lifecycle.suspend(
        subscription=service,
        kind=kind,
        is_billed=False,
        on=clock.local_date(at),
        decision={},
        act=Act(None, at, reason="of this test"),
    )


def days_ago(days):
    return clock.today() - timedelta(days=days)


def card(client, customer):
    return page(client, customer).context["card"]


def labels(card):
    return [act.label for act in card.acts]


def test_off_for_debt_takes_the_payment_first(client, owner):
    service = SubscriptionFactory()
    bill(service.customer, due=days_ago(30))
    suspend(service, "NON_PAYMENT", days=9)

    found = card(client, service.customer)

    assert found.title.startswith("Off for 9 days, owes ")
    assert "One bill" in found.text
    assert labels(found)[0].startswith("Take payment")
    assert labels(found)[1:] == ["Send pay link", "Promise…"]
    html = page(client, service.customer).content.decode()
    assert 'data-state="off_for_debt"' in html
    assert 'data-hotkey="p"' in html


def test_off_and_paid_is_switched_on_by_hand(client, owner):
    service = SubscriptionFactory()
    suspend(service, "NON_PAYMENT", days=2)

    found = card(client, service.customer)

    assert found.title == "Off for 2 days, owes nothing"
    assert labels(found)[0] == "Resume…"


def test_a_line_that_is_down_is_called(client, owner):
    line = AccessFactory(subscription__customer__phone="+8801711000001")
    Access.objects.update(confirmed_generation=1, confirmed_state="OPEN", has_session=True)
    AccountState.objects.filter(pk=line.customer_id).update(is_online=True)
    sessions.note(router_id=line.router_id, seen=sessions.OnLine(), at=clock.now())

    found = card(client, line.customer)

    assert found.title.startswith("Line is down since ")
    assert line.router.name in found.text
    assert labels(found)[0] == "Call 01711000001"


def test_late_and_still_on_says_what_follows(client, owner):
    service = SubscriptionFactory()
    bill(service.customer, due=days_ago(1))

    found = card(client, service.customer)
    Customer.objects.update(is_never_suspended=True)
    spared = card(client, service.customer)

    assert found.title.startswith("1 day late, owes ")
    assert "The line closes " in found.text
    assert "Never suspended by itself." in spared.text


def test_paused_not_installed_settled_and_closed(client, owner):
    paused, pending = (
        SubscriptionFactory(),
        SubscriptionFactory(status="PENDING", activated_on=None),
    )
    suspend(paused, "CUSTOMER_REQUEST", days=3)
    settled = SubscriptionFactory().customer
    AccountState.objects.filter(pk=settled.pk).update(next_billing_date=days_ago(-9))

    found = card(client, paused.customer)
    assert (found.title[:26], found.text) == ("Paused at own request sinc", "Not billed meanwhile.")
    assert labels(found)[0] == "Resume…"
    assert card(client, pending.customer).title == "Not installed yet"
    assert labels(card(client, pending.customer)) == ["Activate…"]
    assert card(client, settled).title.startswith("All paid, next bill ")
    assert card(client, settled).is_quiet
    assert card(client, CustomerFactory()).title == "No line yet"


def test_a_bill_of_the_past_is_never_next(client, owner):
    service = SubscriptionFactory()
    AccountState.objects.update(next_billing_date=days_ago(3))

    assert card(client, service.customer).title == "All paid"
    assert "Next bill" not in page(client, service.customer).content.decode()


def test_the_squares_are_drawn_of_real_bills(client, owner):
    service = SubscriptionFactory()
    month = clock.today().replace(day=1)
    last = (month - timedelta(days=1)).replace(day=5)
    first = (last.replace(day=1) - timedelta(days=1)).replace(day=5)
    at = clock.now()
    bill(service.customer, due=first)
    paid(service.customer, "735.00", at=at - (clock.today() - first))
    bill(service.customer, due=last)
    paid(service.customer, "735.00", at=at - (clock.today() - last) + timedelta(days=6))

    finding = page(client, service.customer).context["findings"][0]
    html = page(client, service.customer).content.decode()

    assert [box.look for box in finding.squares][-3:] == ["paid", "late", "none"]
    assert finding.squares[-2].sign == "6"
    assert finding.title == "Paid late in 1 of 2 months"
    assert "paid 6 days late</span>" in html
    assert page(client, service.customer).context["findings"][-1].bars[0].name == "Cash"


def test_no_raw_value_is_shown(client, owner):
    customer = CustomerFactory(language="bn", is_tax_exempt=True)
    SubscriptionFactory(customer=customer)

    html = page(client, customer).content.decode()

    raw = ["<dd>bn", "taxed", "RESIDENTIAL", "MONTHLY", "None</dd>", ">UNSEEN", "NON_PAYMENT"]
    assert [word for word in raw if word in html] == []
    assert ("Bangla, by SMS" in html, "Exempt, by certificate" in html) == (True, True)
    assert "Not set:" in html


def test_a_cashier_takes_payments_and_reads_nothing_of_routers(client, sign_in):
    line = AccessFactory()
    Access.objects.update(confirmed_generation=1, confirmed_state="OPEN", has_session=False)
    bill(line.customer, due=days_ago(2))
    sign_in(User.Role.CASHIER)

    answer = page(client, line.customer)
    html = answer.content.decode()

    assert labels(answer.context["card"])[0].startswith("Take payment")
    assert "Send pay link" not in html
    assert line.router.name not in html
    assert "?tab=network" not in html


def test_sales_sees_no_payments(client, sign_in):
    service = SubscriptionFactory()
    bill(service.customer, due=days_ago(40))
    paid(service.customer, "735.00", at=clock.now())
    sign_in(User.Role.SALES)

    answer = page(client, service.customer)

    assert [one.key for one in answer.context["findings"]] == ["line"]
    assert "RCP-" not in answer.content.decode()


def test_the_regions_are_read_again_alone(client, owner, htmx):
    customer = SubscriptionFactory().customer
    address = f"/admin/customers/{customer.number}/"

    for region, word in (("state-card", "state-card"), ("findings", "findings-row")):
        part = client.get(address, headers=htmx(region)).content.decode()
        assert (word in part, "<html" in part, "happenings" in part) == (True, False, False)


def test_the_overview_takes_as_many_statements_for_much_as_for_little(client, owner):
    customer = CustomerFactory()
    counts = []
    for total in (1, 4):
        while customer.subscriptions.count() < total:
            place = customer.subscriptions.count() + 1
            line = AccessFactory(subscription__customer=customer, subscription__line_no=place)
            bill(customer, due=days_ago(2 + 30 * place))
            paid(customer, "100.00", at=clock.now() - timedelta(days=place))
            line.refresh_from_db()
        page(client, customer)
        with CaptureQueriesContext(connection) as queries:
            page(client, customer)
        counts.append(queries.captured_queries)

    own = [one["sql"] for one in counts[1] if not _is_session_or_user(one["sql"])]
    assert len(counts[0]) == len(counts[1])
    assert len(own) <= 12, "\n".join(own)


def _is_session_or_user(sql):
    words = ("django_session", "accounts_user", "set_config", "accounts_ownpage", "SAVEPOINT")
    return any(word in sql for word in words)
