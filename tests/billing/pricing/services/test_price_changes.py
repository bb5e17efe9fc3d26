"""A package's price from a day on: who is touched, what is written, who is told."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from billing import tasks
from billing.invoices.models import Invoice
from billing.pricing.models import PriceChange, PriceStep
from billing.pricing.queries import price_changes as queries
from billing.pricing.services import price_changes
from billing.pricing.services.price_changes import ChangeRefused, Wanted
from billing.run.services import cycle
from customers.models import Customer, PackagePrice
from customers.queries import prices
from customers.services import subscriptions
from ispbill.audit.models import AuditEvent, JobRun
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing, Stale
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from tests.billing.pricing.services.test_discounts import without
from tests.billing.receivables.services.test_rivals import rivals
from tests.customers.queries.test_prices import a_reseller
from tests.database import owner_connection
from tests.factories.billing import scheduled
from tests.factories.catalogue import PriceChangeFactory, PriceStepFactory, TaxRateFactory
from tests.factories.customers import (
    CustomerFactory,
    PackageFactory,
    PackagePriceFactory,
    SubscriptionFactory,
)
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)
FROM = date(2026, 2, 1)
WHY = "upstream became dearer"


@pytest.fixture
def package():
    return PackagePriceFactory().package


def in_use(package, billed_until=date(2026, 2, 5), **values):
    subscription = SubscriptionFactory(package=package, **values)
    scheduled(subscription, billed_until=billed_until)
    return subscription


def draft(package, at, **changes):
    values = {
        "package": package,
        "cycle": "MONTHLY",
        "effective_from": FROM,
        "amount": Decimal("1100.00"),
        "includes_tax": False,
        "scope": "ALL",
        **changes,
    }
    return price_changes.draft(wanted=Wanted(**values), act=Act(None, at, on=ON, reason=WHY))


def confirm(change, at, on=ON):
    return price_changes.confirm(change=change, act=Act(None, at, on=on))


def cancel(change, at, on=ON):
    return price_changes.cancel(change=change, act=Act(None, at, on=on, reason=WHY))


def test_a_draft_changes_nothing_and_shows_everything(at, package):
    in_use(package)
    in_use(package, price_amount=Decimal("800.00"), cycle="MONTHLY")
    in_use(package, price_amount=Decimal("2900.00"), cycle="QUARTERLY")
    in_use(PackageFactory())
    SubscriptionFactory(package=package, status="CANCELLED", cancelled_on=ON)

    seen = queries.preview(draft(package, at))

    assert (seen.services, seen.monthly_before, seen.monthly_after) == (
        2,
        Decimal("1800.00"),
        Decimal("2200.00"),
    )
    assert [one.jump for one in seen.largest] == [Decimal("300.00"), Decimal("100.00")]
    assert [one.first_start for one in seen.largest] == [date(2026, 2, 5)] * 2
    assert (PriceStep.objects.count(), PackagePrice.objects.count()) == (0, 1)


@pytest.mark.parametrize(
    ("until", "day", "cycle_name", "start"),
    [
        (date(2026, 2, 5), 5, "MONTHLY", date(2026, 2, 5)),
        (date(2026, 1, 5), 5, "MONTHLY", date(2026, 2, 5)),
        (date(2026, 1, 10), 5, "MONTHLY", date(2026, 2, 5)),
        (date(2026, 1, 5), 5, "QUARTERLY", date(2026, 4, 5)),
        (date(2026, 2, 1), 1, "MONTHLY", date(2026, 2, 1)),
        (date(2026, 12, 5), 5, "ANNUAL", date(2026, 12, 5)),
    ],
)
def test_the_first_bill_at_the_new_price(until, day, cycle_name, start):
    assert (
        queries.first_bill(
            billed_until=until, billing_day=day, cycle=cycle_name, effective_from=FROM
        )
        == start
    )


def test_confirmed_it_prices_new_services_and_steps_the_others(at, package):
    old = in_use(package)

    change = confirm(draft(package, at), at)

    step = PriceStep.objects.get()
    assert (step.subscription, step.from_on, step.price_amount, step.applied_on) == (
        old,
        FROM,
        Decimal("1100.00"),
        None,
    )
    assert (change.status, change.service_count) == ("CONFIRMED", 1)
    assert prices.price_on(package=package, cycle="MONTHLY", on=FROM).net_amount == 1100
    assert prices.price_on(package=package, cycle="MONTHLY", on=ON).net_amount == 1000
    assert AuditEvent.objects.filter(action="price_change.confirmed").count() == 1


def test_bills_follow_from_the_first_period_on_or_after_the_day(at, package):
    subscription = in_use(package, billed_until=date(2026, 1, 20), billing_day=20)
    confirm(draft(package, at), at)

    cycle.run(on=date(2026, 1, 20), act=Act(None, at))
    cycle.run(on=date(2026, 2, 20), act=Act(None, at))

    nets = list(Invoice.objects.order_by("pk").values_list("subtotal_amount", flat=True))
    subscription.refresh_from_db()
    assert nets == [Decimal("1000.00"), Decimal("1100.00")]
    assert subscription.price_amount == Decimal("1100.00")
    assert at_once.broken() == []


def test_for_new_services_only_the_others_keep_theirs(at, package):
    in_use(package)

    confirm(draft(package, at, scope="NEW"), at)

    assert (PriceStep.objects.count(), Message.objects.count()) == (0, 0)
    assert prices.price_on(package=package, cycle="MONTHLY", on=FROM).net_amount == 1100


def test_a_price_with_tax_keeps_the_gross(at, package):
    in_use(package)

    confirm(draft(package, at, amount=Decimal("1200.00"), includes_tax=True), at)

    step = PriceStep.objects.get()
    assert (step.price_amount, step.gross_amount) == (Decimal("1043.48"), Decimal("1200.00"))


def test_each_list_touches_its_own_customers(at, package):
    everybody, branchs, resellers = (in_use(package) for _n in range(3))
    branch = branchs.customer.branch
    reseller = a_reseller(branch)
    Customer.objects.filter(pk=resellers.customer_id).update(reseller_id=reseller.pk, branch=branch)
    PackagePriceFactory(package=package, branch=branch)
    PackagePriceFactory(package=package, reseller=reseller)

    def touched(**who):
        change = draft(package, at, **who)
        return [one.subscription_id for one in queries.touched(change, after=0, size=9)]

    assert touched() == [everybody.pk]
    assert touched(branch_id=branch.pk) == [branchs.pk]
    assert touched(reseller_id=reseller.pk) == [resellers.pk]


def test_confirming_twice_is_once_also_at_the_same_moment(at, package):
    in_use(package)
    change = draft(package, at)

    _results, errors = rivals(4, lambda _number: confirm(change, at))

    assert errors == []
    assert (PriceStep.objects.count(), PackagePrice.objects.count()) == (1, 2)
    assert AuditEvent.objects.filter(action="price_change.confirmed").count() == 1


def test_many_services_are_carried_by_a_job_that_can_be_run_again(at, package, monkeypatch):
    monkeypatch.setattr(price_changes, "AT_ONCE", 2)
    monkeypatch.setattr(price_changes, "CHUNK", 2)
    monkeypatch.setattr(clock, "now", lambda: at)
    for _n in range(5):
        in_use(package)

    change = confirm(draft(package, at), at)
    assert PriceStep.objects.count() == 0

    tasks.carry_price_changes()
    tasks.carry_price_changes()

    assert PriceStep.objects.count() == 5
    assert [run.processed for run in JobRun.objects.order_by("pk")] == [5, 0]
    change.refresh_from_db()
    assert change.service_count == 5


def test_a_service_sold_meanwhile_at_the_old_price_is_found_later(at, package):
    change = confirm(draft(package, at), at)
    late = subscriptions.add(customer=CustomerFactory(), package=package, act=Act(None, at, on=ON))

    price_changes.carry_all(on=ON + timedelta(days=1), at=at)
    price_changes.carry_all(on=ON + timedelta(days=1), at=at)

    assert [step.subscription for step in PriceStep.objects.all()] == [late]
    change.refresh_from_db()
    assert change.service_count == 1


def test_customers_are_told_in_time_once_and_in_their_language(at, package):
    Company.current()
    Company.objects.update(price_notice_days=14)
    Company.forget_cached()
    in_use(package, customer=CustomerFactory(language="bn"))
    confirm(draft(package, at), at)
    assert Message.objects.count() == 0  # too early

    for day in (date(2026, 1, 18), date(2026, 1, 19)):
        price_changes.carry_all(on=day, at=at)

    message = Message.objects.get(channel="SMS")
    assert (message.event, message.language, message.context["amount"]) == (
        "price_change",
        "bn",
        "1265.00",
    )
    assert message.context["old_amount"] == "1150.00"


def test_unnoticed_nobody_is_told(at, package):
    in_use(package)

    confirm(draft(package, at, is_noticed=False), at)

    assert Message.objects.count() == 0


def test_called_off_nothing_is_left_and_who_was_told_is_told(at, package):
    told, waiting = in_use(package), in_use(package)
    change = confirm(draft(package, at), at)
    Message.objects.filter(customer_id=told.customer_id).update(state="SENT")

    cancel(change, at)

    assert (PriceStep.objects.count(), PackagePrice.objects.count()) == (0, 1)
    rows = Message.objects.filter(channel="SMS").order_by("event", "customer_id")
    assert [(row.customer_id, row.event, row.state) for row in rows] == [
        (told.customer_id, "price_change", "SENT"),
        (waiting.customer_id, "price_change", "CANCELLED"),
        (told.customer_id, "price_change_cancelled", "QUEUED"),
    ]
    assert cancel(change, at).status == "CANCELLED"
    with pytest.raises(ChangeRefused):
        confirm(change, at)


def test_what_has_taken_effect_is_not_called_off(at, package):
    in_use(package, billed_until=FROM, billing_day=1)
    change = confirm(draft(package, at), at)
    with pytest.raises(ChangeRefused, match="taken effect"):
        cancel(change, at, on=FROM)
    cycle.run(on=date(2026, 1, 25), act=Act(None, at))  # bills ahead

    with pytest.raises(ChangeRefused, match="Bills have been written"):
        cancel(change, at)


def test_drafts_that_make_no_sense_are_refused(at, package):
    for wrong in ({"effective_from": ON}, {"amount": Decimal(-1)}):
        with pytest.raises(ChangeRefused):
            draft(package, at, **wrong)
    with pytest.raises(ReasonMissing):
        price_changes.draft(
            wanted=Wanted(package, "MONTHLY", FROM, Decimal(1), False, "NEW"),
            act=Act(None, at, on=ON, reason="short"),
        )


def test_one_price_changes_once_a_day(at, package):
    first, second = draft(package, at), draft(package, at, amount=Decimal("1200.00"))
    confirm(first, at)

    with pytest.raises(ChangeRefused, match="same day"):
        confirm(second, at)
    with pytest.raises(ChangeRefused, match="day has come"):
        confirm(second, at, on=FROM)


def test_another_tax_rate_makes_a_draft_stale(at):
    rate = TaxRateFactory()
    package = PackageFactory(tax_class=rate.tax_class)
    change = draft(package, at)
    TaxRateFactory(tax_class=rate.tax_class, rate=Decimal("0.1"), effective_from=date(2026, 1, 20))

    with pytest.raises(Stale):
        confirm(change, at)


def redrafted():
    PriceChangeFactory()
    PriceChange.objects.update(net_amount=Decimal(1))


def taken_over_twice():
    PriceStepFactory(applied_on=FROM)
    PriceStep.objects.update(applied_on=ON)


def removed_after_a_bill():
    PriceStepFactory(applied_on=FROM)
    PriceStep.objects.all().delete()


def of_another_customer():
    PriceStepFactory(customer=CustomerFactory())


GUARDS = [
    (redrafted, "price_change_frozen", "billing_pricechange"),
    (taken_over_twice, "price_step_frozen", "billing_pricestep"),
    (removed_after_a_bill, "price_step_frozen", "billing_pricestep"),
    (of_another_customer, "own_service", "billing_pricestep"),
]


@pytest.mark.parametrize(("wrong", "_guard", "_table"), GUARDS)
def test_the_database_refuses(wrong, _guard, _table):
    with pytest.raises(IntegrityError), transaction.atomic():
        wrong()


@pytest.mark.parametrize(("wrong", "guard", "table"), GUARDS)
def test_without_the_guard_it_would_be_taken(wrong, guard, table):
    with without(guard, table):
        wrong()


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("price_change_amounts_are_prices", {"gross_amount": Decimal("1.00")}),
        ("price_change_is_confirmed_at_a_moment", {"status": "CONFIRMED"}),
    ],
)
def test_the_database_checks_a_change(name, wrong):
    with pytest.raises(IntegrityError, match=name):
        PriceChangeFactory(**wrong)


def test_the_database_checks_a_step():
    with pytest.raises(IntegrityError, match="price_step_is_not_negative"):
        PriceStepFactory(price_amount=Decimal("-1.00"))


def test_the_services_of_a_change_are_found_by_their_package(at, package):
    """A million services: what a change touches is asked by package, not row by row."""
    SubscriptionFactory.create_batch(150)  # each of a package of its own
    with owner_connection(autocommit=True) as owner:
        owner.execute("ANALYZE customers_subscription, customers_customer, billing_schedule")
    change = draft(package, at)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN SELECT s.id {queries.AFFECTED}", queries.parameters(change))
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "subscription_package" in plan, plan
