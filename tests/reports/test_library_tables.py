"""Reports of the library that are tables of their own agree with the figures of the same days."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.invoices.services import invoicing
from billing.invoices.services.invoicing import NewLine
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.money import Taxed
from ispbill.notifications.models import Message
from ispbill.reports.queries import definitions, library
from ispbill.reports.queries.library import KINDS, TABLES
from ispbill.reports.queries.scope import Scope
from network.usage.models import UsageDay
from payments.desk.services import reversing
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.billing import chart
from tests.factories.churn import ScoreFactory
from tests.factories.customers import AreaFactory, CustomerFactory
from tests.factories.payments import paid
from tests.factories.resellers import CommissionFactory, ResellerFactory
from tests.reports.conftest import bill, built, moment, serve

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal
ALL = {"branch_id": None}
WHY = "because the test says so"


@pytest.fixture
def days(january):
    chart()
    clock.set_simulated(moment(date(2026, 2, 3)))
    return january


def lines(key, days, branch_id=None):
    return [list(line) for line in library.paper(key, **days, branch_id=branch_id).lines]


def test_tax_by_rate_comes_to_the_tax_that_was_billed(days):
    customer = serve(since=date(2026, 1, 2)).customer
    bill(customer, "1000.00", "150.00", on=date(2026, 1, 5))
    bill(customer, "200.00", on=date(2026, 1, 6))

    found = lines("tax", days)

    assert sorted(found) == [
        ["0 %", 1, D("200.00"), D("0.00"), D("200.00")],
        ["15 %", 1, D("1000.00"), D("150.00"), D("1150.00")],
    ]


def test_payments_by_method_come_to_what_was_collected(days):
    customer = serve(since=date(2026, 1, 2)).customer
    bill(customer, "1000.00", on=date(2026, 1, 5))
    paid(customer, "600.00", at=moment(date(2026, 1, 7)), method="CASH")
    back = paid(customer, "400.00", at=moment(date(2026, 1, 8)), method="BKASH", reference="T-1")
    reversing.reverse(payment=back, act=Act(None, moment(date(2026, 1, 9)), reason=WHY))
    built(date(2026, 2, 2))

    found = lines("methods", days)

    assert found == [
        ["Cash", 1, D("600.00"), D("0"), D("600.00")],
        ["bKash", 1, D("400.00"), D("400.00"), D("0.00")],
    ]
    collected = definitions.value("collected", **days, scope=Scope())
    assert sum(line[-1] for line in found) == collected == D("600.00")


def test_discounts_are_those_of_bills_issued_on_the_days(days):
    customer = serve(since=date(2026, 1, 2)).customer
    bill(customer, "1000.00", on=date(2026, 1, 5))
    for on in (date(2026, 1, 6), date(2026, 2, 1)):
        line = NewLine(
            kind="FEE",
            description="Router",
            amount=Taxed(D("900.00"), D("0.00")),
            tax_rate=D(0),
            unit=D("1000.00"),
            discount=D("100.00"),
        )
        act = Act(None, moment(on))
        invoicing.issue(
            customer=customer, lines=[line], kind="ONE_OFF", due_date=on, on=on, act=act
        )

    (found,) = lines("discounts", days)

    assert found[0] == date(2026, 1, 6)
    assert found[-3:] == ["Router", D("100.00"), D("900.00")]


def test_resellers_with_what_their_customers_paid_and_they_earned(days):
    reseller = ResellerFactory(name="Kamal Net")
    ResellerFactory(name="Nobody's")
    one = CommissionFactory(reseller=reseller, paid="1000.00")

    found = lines("resellers", days)

    assert found[0] == ["Kamal Net", 1, D("1000.00"), one.amount, D("0"), D("0")]
    assert [line[0] for line in found] == ["Kamal Net", "Nobody's"]
    assert lines("resellers", days, branch_id=BranchFactory().pk) == []


def test_usage_by_customer_the_most_first(days):
    small, big = serve(since=date(2026, 1, 2)), serve(since=date(2026, 1, 2))
    for service, download, on in (
        (small, 2 * 10**9, date(2026, 1, 5)),
        (big, 30 * 10**9, date(2026, 1, 5)),
        (big, 10 * 10**9, date(2026, 1, 6)),
        (big, 99 * 10**9, date(2026, 2, 1)),
    ):
        UsageDay.objects.create(
            subscription=service,
            customer=service.customer,
            date=on,
            download_bytes=download,
            upload_bytes=10**9,
            source="MIKROTIK",
        )

    found = lines("usage", days)

    assert [line[0] for line in found] == [big.customer.number, small.customer.number]
    assert found[0][2:] == [D("40.0"), D("2.0"), D("42.0"), 2]


def test_messages_by_event_with_their_cost(days):
    customer = CustomerFactory()
    for number, (state, cost) in enumerate((("DELIVERED", "0.2500"), ("FAILED", None))):
        Message.objects.create(
            dedup_key=f"m{number}",
            event="invoice_issued",
            channel="SMS",
            recipient="+8801711000000",
            customer_id=customer.pk,
            parts=1,
            cost=cost,
            state=state,
            next_attempt_at=moment(date(2026, 1, 5)),
            created_at=moment(date(2026, 1, 5)),
        )

    found = lines("messages", days)

    assert found == [["Invoice issued", "SMS", 1, 1, 1, 2, D("0.25")]]
    assert lines("messages", days, branch_id=customer.branch_id) == found
    assert lines("messages", days, branch_id=BranchFactory().pk) == []


def test_who_may_leave_with_the_reasons(days):
    score = ScoreFactory()
    ScoreFactory(level="LOW")

    (line,) = lines("risk", days)

    assert line[0] == score.customer.number
    assert "bills were late" in line[4]


@pytest.mark.parametrize("key", [kind.key for kind in TABLES])
def test_each_has_its_page_and_its_file_and_a_manager_the_own_branch(client, days, key):
    area = AreaFactory()
    serve(since=date(2026, 1, 2), customer=CustomerFactory(area=area, branch=area.branch))
    built(date(2026, 2, 2))
    url = reverse("staff_reports:library-table", args=[key])
    asked = {"period": "own", "since": "2026-01-01", "until": "2026-01-31"}

    for user in (UserFactory(), UserFactory(role=User.Role.BRANCH_MANAGER, branch=area.branch)):
        client.force_login(user)
        page = client.get(url, asked)
        assert page.status_code == 200
        assert str(KINDS[key].name) in page.content.decode()
        file = client.get(url, asked | {"as": "csv"})
        assert file["Content-Type"].startswith("text/csv")
        made = library.paper(key, **days, branch_id=None)
        assert len(made.head) == len(made.units)
    client.force_login(UserFactory(role=User.Role.CASHIER))
    assert client.get(url).status_code == 403


def test_what_is_no_table_has_no_such_page(client, days):
    client.force_login(UserFactory())

    for key in ("figures", "billed", "nonsense"):
        url = reverse("staff_reports:library-table", args=[key])
        assert client.get(url).status_code == 404


def test_before_any_figures_the_page_says_so(client):
    client.force_login(UserFactory())

    page = client.get(reverse("staff_reports:library-table", args=["tax"])).content.decode()

    assert "No figures yet" in page
