"""The revenue leak check finds each kind of revenue leak, and nothing where all is tight."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from billing.invoices.services import invoicing
from billing.invoices.services.invoicing import NewLine
from billing.pricing.models import Discount, Promotion
from billing.run.models import AcceptedFinding
from customers.models import AccountState, Subscription
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.money import Taxed
from ispbill.reports import tasks
from ispbill.reports.queries import findings, leaks
from network.models import Access
from network.services import access
from tests.factories.accounts import UserFactory
from tests.factories.billing import scheduled
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.network import AccessFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 2, 10, 4, 0, tzinfo=UTC)
ON = date(2026, 2, 10)
WHY = "because the test says so"


@pytest.fixture(autouse=True)
def _ten_february(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def owner(client):
    user = UserFactory()
    client.force_login(user)
    return user


def found():
    return {one.check.name: one.count for one in findings.sums(on=ON, at=AT) if one.count}


def bill(subscription, start, end, *, on=None, **values):
    on = on or start
    line = NewLine(
        kind="RECURRING",
        description="Internet",
        amount=Taxed(Decimal("1000.00"), Decimal(0)),
        tax_rate=Decimal(0),
        subscription=subscription,
        days=(start, end),
        **values,
    )
    return invoicing.issue(
        customer=subscription.customer,
        lines=[line],
        kind="RECURRING",
        due_date=on,
        on=on,
        act=Act(None, datetime(on.year, on.month, on.day, 4, 0, tzinfo=UTC)),
    )


def tight(**values):
    """A service that is billed, paid, on its router and open there."""
    subscription = SubscriptionFactory(activated_on=date(2026, 1, 5), **values)
    scheduled(subscription, billed_until=date(2026, 3, 5))
    bill(subscription, date(2026, 1, 5), date(2026, 2, 5))
    bill(subscription, date(2026, 2, 5), date(2026, 3, 5))
    paid(subscription.customer, "2000.00", at=AT)
    AccessFactory(
        subscription=subscription,
        desired_state="OPEN",
        confirmed_state="OPEN",
        confirmed_generation=1,
        desired_since=AT - timedelta(days=1),
    )
    return subscription


def test_where_all_is_tight_nothing_is_found():
    tight()

    assert found() == {}


def test_a_service_that_was_never_billed_is_found():
    subscription = SubscriptionFactory(activated_on=date(2026, 1, 5))
    AccessFactory(subscription=subscription, desired_state="OPEN", confirmed_state="OPEN")

    assert found() == {"never_billed": 1}
    [row] = findings.rows(leaks.CHECKS["never_billed"], on=ON, at=AT)
    assert (row.amount, row.number) == (Decimal("1000.00"), subscription.customer.number)


def test_a_hole_between_two_bills_and_days_up_to_today_are_found():
    subscription = tight()
    bill(subscription, date(2026, 3, 10), date(2026, 4, 5), on=ON)
    paid(subscription.customer, "1000.00", at=AT)
    late = tight()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.voiding', 'yes', false)")
        cursor.execute(
            "UPDATE billing_schedule SET billed_until = %s WHERE subscription_id = %s",
            [date(2026, 2, 1), late.pk],
        )
        cursor.execute("SELECT set_config('app.voiding', '', false)")

    assert found() == {"days_not_billed": 2}
    rows = findings.rows(leaks.CHECKS["days_not_billed"], on=ON, at=AT)
    assert [row.amount for row in rows] == [Decimal("295.69"), Decimal("164.27")]


def test_a_bill_after_the_end_of_a_service_is_found():
    subscription = tight()
    access.cancel(subscription=subscription, act=Act(None, AT, reason=WHY), on=date(2026, 2, 9))
    Access.objects.update(confirmed_state="REMOVED")
    bill(subscription, date(2026, 3, 5), date(2026, 4, 5), on=ON)
    paid(subscription.customer, "1000.00", at=AT)

    assert found() == {"billed_after_cancel": 1}


def test_a_discount_that_outlives_its_offer_is_found():
    subscription = tight()
    offer = Promotion.objects.create(
        name="Winter", rate=Decimal("0.2"), valid_from=date(2025, 1, 1), ends_on=date(2026, 2, 1)
    )
    Discount.objects.create(
        subscription=subscription,
        customer=subscription.customer,
        promotion=offer,
        label="Winter",
        rate=Decimal("0.2"),
        span=(date(2026, 1, 1), None),
        reason=WHY,
        granted_at=AT,
    )

    assert found() == {"discount_expired": 1}
    [row] = findings.rows(leaks.CHECKS["discount_expired"], on=ON, at=AT)
    assert row.amount == Decimal("200.00")


def test_who_has_paid_and_is_still_cut_off_is_found():
    subscription = tight()
    access.suspend(
        subscription=subscription,
        kind="NON_PAYMENT",
        is_billed=False,
        act=Act(None, AT, reason=WHY),
        on=ON,
        decision={},
    )
    Access.objects.update(confirmed_state="WALLED")

    assert found() == {"paid_but_blocked": 1}


def test_what_the_router_does_otherwise_than_the_books_is_found_once_it_had_its_time():
    blocked, open_ = tight(), tight()
    Access.objects.filter(subscription=blocked).update(confirmed_state="WALLED")
    access.suspend(
        subscription=open_,
        kind="FRAUD",
        is_billed=False,
        act=Act(None, AT, reason=WHY),
        on=ON,
        decision={},
    )

    assert found() == {"blocked_though_active": 1}  # the other was switched this minute
    Access.objects.update(desired_since=AT - timedelta(hours=1))
    assert found() == {"blocked_though_active": 1, "online_though_off": 1}


def test_a_service_on_no_router_and_one_for_nothing_are_found():
    subscription = tight()
    Access.objects.all().delete()
    free = tight()
    Subscription.objects.filter(pk=free.pk).update(price_amount=0)

    assert found() == {"no_line": 1, "zero_price": 1}
    assert findings.rows(leaks.CHECKS["no_line"], on=ON, at=AT)[0].subject_id == subscription.pk


def test_who_cannot_be_reached_is_found():
    CustomerFactory(phone="", status="ACTIVE")
    CustomerFactory(phone="", status="CANCELLED")

    assert found() == {"no_phone": 1}


def test_money_beside_open_bills_is_found():
    customer = CustomerFactory()
    open_invoice(customer)
    assert found() == {}
    AccountState.objects.filter(customer=customer).update(balance_amount=Decimal("150.00"))

    assert found() == {"credit_beside_debt": 1}
    [row] = findings.rows(leaks.CHECKS["credit_beside_debt"], on=ON, at=AT)
    assert row.amount == Decimal("1000.00")
    AccountState.objects.filter(customer=customer).update(balance_amount=Decimal("1150.00"))


def test_an_accepted_finding_comes_back_after_its_day(client, owner):
    customer = CustomerFactory(phone="", status="ACTIVE")
    url = reverse("staff_books:accept-finding", args=["no_phone", customer.number, customer.pk])

    assert client.post(url, {"until": "2026-03-01", "reason": "no"}).status_code == 422
    assert client.post(url, {"until": "2028-03-01", "reason": WHY}).status_code == 422
    assert client.post(url, {"until": "2026-02-09", "reason": WHY}).status_code == 422
    assert client.post(url, {"until": "2026-03-01", "reason": WHY}).status_code == 302

    assert found() == {}
    assert findings.sums(on=date(2026, 3, 1), at=AT)[-2].accepted == 1
    assert findings.sums(on=date(2026, 3, 2), at=AT)[-2].count == 1
    assert AcceptedFinding.objects.get().reason == WHY
    assert AuditEvent.objects.get(action="finding.accepted").customer_id == customer.pk
    page = client.get(reverse("staff_books:finding", args=["no_phone"]) + "?accepted=1")
    assert WHY in page.content.decode()


def test_the_pages_show_what_is_found_and_the_dashboard_alarms_after_the_night(client, owner):
    CustomerFactory(phone="", status="ACTIVE", name="Nobody Reachable")

    assert [one.count for one in client.get(reverse("staff_books:findings")).context["sums"]] == [
        1 if name == "no_phone" else 0 for name in leaks.CHECKS
    ]
    page = client.get(reverse("staff_books:finding", args=["no_phone"]))
    assert "Nobody Reachable" in page.content.decode()
    assert client.get(reverse("staff_books:finding", args=["nonsense"])).status_code == 404

    tasks.find_revenue_leaks()
    work = client.get(reverse("staff:tile", args=["work"])).context["items"]
    assert next(item["count"] for item in work if item["label"] == "Revenue leaks") == 1


def test_an_auditor_looks_but_accepts_nothing(client):
    client.force_login(UserFactory(role=User.Role.AUDITOR))
    customer = CustomerFactory(phone="")
    url = reverse("staff_books:accept-finding", args=["no_phone", customer.number, customer.pk])

    assert client.get(reverse("staff_books:findings")).status_code == 200
    assert client.get(url).status_code == 403


@pytest.mark.parametrize("name", list(leaks.CHECKS))
def test_every_check_can_be_asked_for_one_branch_and_by_pages(name):
    check = leaks.CHECKS[name]

    assert findings.rows(check, on=ON, at=AT, branch_id=1, offset=100) == []
