"""What is known of a customer is as of a moment: what was recorded later is not seen."""

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from billing.pricing.models import Discount
from billing.receivables.services import voiding
from churn.queries import vectors
from churn.rules.features import NAMES
from customers.models import Subscription, Suspension
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from network.usage.models import UsageDay
from tests.factories.accounts import UserFactory
from tests.factories.customers import PackageFactory, SubscriptionFactory
from tests.factories.outages import outage, resolved
from tests.factories.payments import open_invoice, paid
from tests.factories.speedtest import SpeedTestFactory
from tests.factories.tickets import CategoryFactory, office_hours, opened
from tickets.models import Survey
from tickets.services import reopening, resolution

pytestmark = pytest.mark.django_db
FIRST = date(2026, 4, 1)
AT = datetime(2026, 3, 31, 18, tzinfo=UTC)  # 00:00 of the first in Dhaka
GB = 10**9
WHY = "as the test needs it"


def known(*, at=AT, on=FIRST):
    """The vectors by customer and name, as of the first of April."""
    found = [one for part in vectors.known(at=at, on=on, zone="Asia/Dhaka") for one in part]
    return {one.customer_id: dict(zip(NAMES, one.vector, strict=True)) for one in found}


def before(days, hour=6):
    return AT - timedelta(days=days) + timedelta(hours=hour)


@pytest.fixture
def service():
    return SubscriptionFactory(activated_on=date(2025, 12, 5), created_at=before(200))


def change(service, *, at, **values):
    """Change a service's row at a moment, as services do."""
    with transaction.atomic():
        trail.begin(act=Act(None, at, reason=WHY))
        Subscription.objects.filter(pk=service.pk).update(**values)


def used(service, day, gigabytes):
    UsageDay.objects.create(
        subscription=service,
        customer=service.customer,
        date=day,
        upload_bytes=0,
        download_bytes=round(gigabytes * GB),
        source="MIKROTIK",
    )


def solved_twice(customer, by, *, at):
    """A ticket that was opened, solved, opened again the next day, and is open since."""
    ticket = opened(customer, at=at)
    resolution.resolve(
        ticket=ticket, cause="line", text="Done.", act=Act(by, at + timedelta(hours=3), reason=WHY)
    )
    reopening.reopen(ticket=ticket, act=Act(by, at + timedelta(days=1), reason=WHY))
    return ticket


def lived(service):
    """Three months of somebody who is not happy; all recorded before the first of April."""
    customer, by = service.customer, UserFactory()
    CategoryFactory(code="connection")
    office_hours()
    late = open_invoice(customer, due=date(2026, 1, 5))
    paid(customer, at=before(60))  # of the fifth of January: 25 days late
    assert late
    open_invoice(customer, due=date(2026, 3, 7))  # 25 days overdue
    Suspension.objects.create(
        subscription=service,
        customer=customer,
        kind="NON_PAYMENT",
        reason="late",
        span="[2026-01-20,2026-01-25)",
        started_at=before(70),
        ended_at=before(65),
    )
    solved_twice(customer, by, at=before(10))
    broken = outage(areas=(customer.area,), started_at=before(20, 0), actor=by)
    resolved(broken, restored_at=before(20, 15))
    for back in range(1, 57):
        if back > 3:  # silent for three days
            used(service, FIRST - timedelta(days=back), 1 if back <= 28 else 4)
    for mbps in ("12.00", "15.00", "30.00"):
        SpeedTestFactory(subscription=service, started_at=before(15), download_mbps=Decimal(mbps))
    change(service, at=before(40), price_amount="1100.00")
    Discount.objects.create(
        subscription=service,
        customer=customer,
        label="Welcome",
        rate="0.10",
        span="[2025-12-05,2026-05-05)",
        reason="new",
        granted_at=before(100),
    )


def test_everything_that_was_known_is_in_the_vector(service):
    lived(service)

    seen = known()[service.customer_id]

    months = (FIRST - date(2025, 12, 5)).days / 30.4375
    assert seen["late_bills"] == 2
    assert (seen["very_late_bills"], seen["overdue_days"]) == (0, 25)
    assert seen["overdue_ratio"] == pytest.approx(1150 / 1100)
    assert (seen["auto_pay"], seen["cuts"], seen["prepaid"], seen["cycle_months"]) == (0, 1, 0, 1)
    assert (seen["tickets"], seen["reopened"]) == (1, 1)
    assert seen["oldest_unresolved"] == pytest.approx(9.75)
    assert seen["outage_hours"] == pytest.approx(15)
    assert seen["usage_ratio"] == pytest.approx(25 / (28 * 4))
    assert seen["silent_days"] == 3
    assert seen["speed_ratio"] == pytest.approx(0.5)
    assert seen["largest_rise"] == pytest.approx(0.1)
    assert (seen["discount_ending"], seen["downgrade_asked"]) == (1, 0)
    assert seen["tenure"] == pytest.approx(math.log(1 + months))
    assert (seen["contract_ending"], seen["contract_longer"]) == (0, 0)
    assert (seen["stars"], seen["nps"], seen["lateness_trend"]) == (None, None, None)


def test_what_was_recorded_later_changes_nothing(service):
    lived(service)
    then = known()
    by, customer = UserFactory(), service.customer

    after = AT + timedelta(hours=1)
    paid(customer, at=after)
    ticket = opened(customer, at=after)
    for one in customer.tickets.all():
        resolution.resolve(ticket=one, cause="line", text="Done.", act=Act(by, after, reason=WHY))
    reopening.reopen(ticket=ticket, act=Act(by, after + timedelta(days=1), reason=WHY))
    Survey.objects.filter(customer=customer).update(stars=1, nps=0, answered_at=after)
    outage(areas=(customer.area,), started_at=before(3), at=after, actor=by)
    used(service, FIRST, 9)
    SpeedTestFactory(subscription=service, started_at=after, download_mbps=Decimal("1.00"))
    change(service, at=after, price_amount="9000.00", mode="PREPAID", package=PackageFactory())

    assert known() == then


def test_a_payment_handed_in_late_was_not_known(service):
    open_invoice(service.customer, due=date(2026, 3, 7))
    paid(service.customer, at=AT + timedelta(days=2), received_at=before(4))

    assert known()[service.customer_id]["overdue_days"] == 25
    later = AT + timedelta(days=3)
    assert known(at=later, on=FIRST + timedelta(days=3))[service.customer_id]["overdue_days"] == 0


def test_a_bill_that_was_void_by_then_was_never_late(service):
    wrong, right = (open_invoice(service.customer, due=date(2026, 3, day)) for day in (7, 9))
    voiding.void(invoice=wrong, act=Act(None, before(11), reason=WHY))
    assert known()[service.customer_id]["late_bills"] == 1

    voiding.void(invoice=right, act=Act(None, AT + timedelta(days=1), reason=WHY))
    assert known()[service.customer_id]["late_bills"] == 1


def test_who_is_new_cut_off_or_ends_soon_is_not_looked_at(service):
    new = SubscriptionFactory(activated_on=FIRST - timedelta(days=29), created_at=before(29))
    cut = SubscriptionFactory(activated_on=date(2025, 12, 5), created_at=before(200))
    change(cut, at=before(5), status="SUSPENDED", suspended_at=before(5))
    back = SubscriptionFactory(
        activated_on=date(2025, 12, 5),
        created_at=before(200),
        status="SUSPENDED",
        suspended_at=before(90),
    )
    change(back, at=AT + timedelta(days=5), status="ACTIVE", suspended_at=None)

    assert set(known()) == {service.customer_id}
    assert new.customer_id not in known()


def test_the_statement_is_one_however_many_customers(service):
    SubscriptionFactory.create_batch(3, activated_on=date(2025, 12, 5), created_at=before(200))

    with CaptureQueriesContext(connection) as asked:
        assert len(known()) == 4

    assert len(asked) == 1
