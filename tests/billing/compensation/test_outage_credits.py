"""What an outage gives back: proposed, decided, once for each minute; and who is not cut off."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from psycopg.types.range import TimestamptzRange

from billing.compensation.models import OutageCredit, OutageCrediting
from billing.compensation.services import outage_credits
from billing.dunning.services import dunning
from billing.invoices.models import CreditNote, InvoiceLine
from billing.invoices.services import invoicing
from billing.invoices.services.invoicing import NewLine
from billing.ledger.rules.chart import Chart
from billing.ledger.rules.tax import tax_line
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from network.outages.models import Outage, OutageSettings
from network.outages.services import moving
from network.outages.services.desk import OutageRefused
from tests.factories.accounts import UserFactory
from tests.factories.billing import chart
from tests.factories.customers import SubscriptionFactory
from tests.factories.outages import WHY, outage, resolved
from tests.factories.payments import open_invoice

pytestmark = pytest.mark.django_db

DOWN = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
BACK = DOWN + timedelta(minutes=370)
LATER = BACK + timedelta(hours=3)


def billed(subscription, *, net="1000.00", days=(date(2026, 1, 1), date(2026, 2, 1))):
    """A service whose January is on an issued bill."""
    chart()
    line = NewLine(
        kind=InvoiceLine.Kind.RECURRING,
        description="Home 30",
        amount=tax_line(Decimal(net), Decimal("0.15")),
        tax_rate=Decimal("0.15"),
        account=int(Chart.INTERNET_REVENUE),
        subscription=subscription,
        days=days,
    )
    return invoicing.issue(
        customer=subscription.customer,
        lines=[line],
        kind="RECURRING",
        due_date=days[0],
        on=days[0],
        act=Act(None, DOWN - timedelta(days=9)),
    )


def out(subscription, *, back=BACK, **given):
    return resolved(outage(areas=[subscription.customer.area], **given), restored_at=back)


def give(at=LATER):
    outage_credits.propose_due(at=at)
    row = OutageCrediting.objects.get()
    manager = UserFactory(role=User.Role.OWNER)
    outage_credits.order(crediting_row=row, act=Act(manager, at, reason=WHY))
    return outage_credits.credit_ordered(at=at)


def test_six_hours_and_ten_minutes_of_january_come_back_as_8_29_and_1_24_once():
    subscription = SubscriptionFactory()
    billed(subscription)
    found = out(subscription)

    assert outage_credits.propose_due(at=BACK + timedelta(minutes=119)) == 0
    assert give() == 1
    outage_credits.propose_due(at=LATER)
    outage_credits.credit_ordered(at=LATER)

    note = CreditNote.objects.get()
    assert (note.net_amount, note.tax_amount) == (Decimal("8.29"), Decimal("1.24"))
    assert note.words == "No connection for 6 h 10 min, 10 Jan 2026"
    row = OutageCrediting.objects.get()
    assert (row.state, row.services, row.net_amount) == ("DONE", 1, Decimal("8.29"))
    with pytest.raises(OutageRefused):  # credited: it is not opened again
        moving.reopen(outage=found, act=Act(None, BACK + timedelta(minutes=5), reason=WHY))


def test_the_database_gives_no_minute_twice():
    subscription = SubscriptionFactory()
    billed(subscription)
    out(subscription)
    give()
    first = OutageCredit.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        OutageCredit.objects.create(
            outage=first.outage,
            subscription=subscription,
            customer=subscription.customer,
            span=TimestamptzRange(DOWN + timedelta(minutes=1), DOWN + timedelta(minutes=2)),
            minutes=1,
            net_amount=Decimal("0.02"),
            note=first.note,
            made_at=LATER,
        )


def test_outages_that_overlap_are_one_stretch_and_short_ones_give_nothing():
    subscription = SubscriptionFactory()
    billed(subscription)
    out(subscription, back=DOWN + timedelta(minutes=200))
    out(subscription, started_at=DOWN + timedelta(minutes=100))
    short = SubscriptionFactory()
    billed(short)
    out(short, back=DOWN + timedelta(minutes=239))
    outage_credits.propose_due(at=LATER)

    first, second, third = OutageCrediting.objects.order_by("outage")
    assert [first.net_amount, second.net_amount] == [Decimal("8.29")] * 2
    assert (third.state, third.services) == ("DONE", 0)
    manager = UserFactory(role=User.Role.OWNER)
    for row in (first, second):
        outage_credits.order(crediting_row=row, act=Act(manager, LATER, reason=WHY))
    outage_credits.credit_ordered(at=LATER)
    assert [one.net_amount for one in CreditNote.objects.all()] == [Decimal("8.29")]


@pytest.mark.parametrize(
    ("given", "mode", "count"),
    [({}, "AUTO", 1), ({}, "OFF", 0), ({"severity": "DEGRADED"}, "AUTO", 0)],
)
def test_the_company_chooses_whether_credit_comes_by_itself(given, mode, count):
    OutageSettings.objects.create(pk=1, credit=mode)
    subscription = SubscriptionFactory()
    billed(subscription)
    out(subscription, **given)

    outage_credits.propose_due(at=LATER)
    outage_credits.credit_ordered(at=LATER)

    assert CreditNote.objects.count() == count


def test_staff_decide_on_the_outage_s_page(client):
    subscription = SubscriptionFactory()
    billed(subscription)
    found = out(subscription)
    outage_credits.propose_due(at=LATER)
    panel = reverse("staff_billing:outage-credit", args=[found.number])
    drop = reverse("staff_billing:drop-outage-credit", args=[found.number])
    client.force_login(UserFactory(role=User.Role.NOC))
    assert client.get(drop).status_code == 403
    client.force_login(UserFactory(role=User.Role.BILLING))

    assert "8.29" in client.get(panel).content.decode()
    assert client.post(drop, {"reason": "no"}).status_code == 422
    client.post(drop, {"reason": WHY})

    assert OutageCrediting.objects.get().state == "DROPPED"


def test_a_manager_decides_nothing_for_other_branches_and_is_told_of_none_of_their_customers(
    client,
):
    here, there = SubscriptionFactory(), SubscriptionFactory()
    billed(here)
    billed(there)
    found = resolved(outage(areas=[here.customer.area, there.customer.area]), restored_at=BACK)
    manager = UserFactory(role=User.Role.BRANCH_MANAGER, branch=here.customer.branch)
    panel = reverse("staff_billing:outage-credit", args=[found.number])
    order = reverse("staff_billing:order-outage-credit", args=[found.number])
    outage_credits.propose_due(at=LATER)
    client.force_login(manager)

    assert client.post(order, {"reason": WHY}).status_code == 403
    assert order not in client.get(panel).content.decode()

    client.force_login(UserFactory(role=User.Role.BILLING))
    client.post(order, {"reason": WHY})
    outage_credits.credit_ordered(at=LATER)
    client.force_login(manager)
    shown = client.get(panel).content.decode()
    assert here.connection_id in shown
    assert there.connection_id not in shown


def test_nobody_is_cut_off_in_an_outage_nor_on_the_day_its_tail_ends():
    subscription = SubscriptionFactory()
    open_invoice(subscription.customer, amount="1150.00", due=date(2026, 1, 1))
    found = outage(areas=[subscription.customer.area])

    def left(day):
        at = datetime(2026, 1, day, 6, tzinfo=UTC)
        act = Act(None, at)
        return dunning.suspend_overdue(on=act.on, act=act, dry_run=True).left

    assert [left(9), left(10), left(20)] == [{}, {"outage": 1}, {"outage": 1}]
    resolved(Outage.objects.get(pk=found.pk), restored_at=BACK)
    assert [left(11), left(12)] == [{"outage": 1}, {}]
