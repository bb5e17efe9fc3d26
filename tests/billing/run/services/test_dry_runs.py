"""A day is worked out, approved by its hash, and done exactly so or not at all."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection

from billing.invoices.models import Invoice, InvoiceLine, Schedule
from billing.run.models import BillingRun, DryRun
from billing.run.queries import to_approve
from billing.run.services import cycle, dry_runs, on_hold
from billing.run.services.cycle import PlanChanged
from billing.run.services.dry_runs import Changed, NothingPlanned, OwnPlan
from billing.run.services.projections import project
from customers.models import Subscription
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.models import Company
from tests.factories.accounts import UserFactory
from tests.factories.billing import scheduled
from tests.factories.catalogue import DiscountFactory
from tests.factories.customers import SubscriptionFactory
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 29)


@pytest.fixture
def officer():
    return UserFactory(role="BILLING")


def due(**values):
    subscription = SubscriptionFactory(**values)
    scheduled(subscription, billed_until=date(2026, 2, 5))
    return subscription


def proposed(at, officer, **values):
    return dry_runs.propose(on=ON, act=Act(officer, at), **values)


def approved(row, at, officer):
    """Approve what `officer` worked out, as somebody else (one and the same, however often)."""
    chief = User.objects.exclude(pk=officer.pk).order_by("pk").first() or UserFactory()
    return dry_runs.approve(dry_run=row, plan_hash=row.plan_hash, act=Act(chief, at))


def lines():
    return list(
        InvoiceLine.objects.order_by("subscription_id").values_list(
            "subscription_id", "span", "net_amount", "tax_amount"
        )
    )


def test_what_was_approved_is_what_is_written(at, officer):
    for _one in range(5):
        due()
    row = proposed(at, officer)
    assert Invoice.objects.count() == 0
    assert row.figures["invoices"] == 5

    approved(row, at, officer)
    row = dry_runs.execute(dry_run_id=row.pk, at=at)

    assert row.status == "EXECUTED"
    assert Invoice.objects.count() == row.run.invoice_count == 5
    assert str(row.run.total_amount) == row.figures["total"]
    assert list(
        AuditEvent.objects.filter(action__startswith="dry_run.")
        .order_by("pk")
        .values_list("action", flat=True)
    ) == ["dry_run.proposed", "dry_run.approved", "dry_run.executed"]
    assert at_once.broken() == []


def test_executing_twice_is_once(at, officer):
    due()
    row = approved(proposed(at, officer), at, officer)

    dry_runs.execute(dry_run_id=row.pk, at=at)
    dry_runs.execute(dry_run_id=row.pk, at=at)

    assert (Invoice.objects.count(), BillingRun.objects.count()) == (1, 1)


def test_the_same_data_has_the_same_hash_and_other_data_another(at, officer):
    subscription = due()
    first = project(on=ON).plan_hash

    assert project(on=ON).plan_hash == first
    Subscription.objects.filter(pk=subscription.pk).update(price_amount=Decimal("1000.01"))
    assert project(on=ON).plan_hash != first


def test_data_that_changed_before_the_approval_is_refused(at, officer):
    subscription = due()
    row = proposed(at, officer)
    DiscountFactory(subscription=subscription)

    with pytest.raises(Changed, match="data has changed"):
        approved(row, at, officer)

    row.refresh_from_db()
    assert row.status == "PROPOSED"


def test_data_that_changed_after_the_approval_is_refused_and_named(at, officer):
    due()
    subscription = due()
    row = approved(proposed(at, officer), at, officer)
    DiscountFactory(subscription=subscription)

    row = dry_runs.execute(dry_run_id=row.pk, at=at)

    assert (row.status, row.outcome) == (
        "REFUSED",
        {"changed": 1, "customers": [subscription.customer_id]},
    )
    assert Invoice.objects.count() == 0


def test_data_that_changes_while_it_runs_stops_it_before_anything_differs(at, officer, monkeypatch):
    first, second = due(), due()
    row = approved(proposed(at, officer), at, officer)
    monkeypatch.setattr(dry_runs, "changes", lambda _row: [])  # the change comes right after it
    DiscountFactory(subscription=second)

    row = dry_runs.execute(dry_run_id=row.pk, at=at)

    assert (row.status, row.outcome["customers"]) == ("REFUSED", [second.customer_id])
    assert lines() == []  # one chunk: nothing of it stands
    assert BillingRun.objects.get().status == "PARTIAL"
    assert Schedule.objects.get(subscription=first).billed_until == date(2026, 2, 5)


def test_a_chunk_already_written_stays_as_approved(at, officer):
    first, second = due(), due()
    row = approved(proposed(at, officer), at, officer)
    DiscountFactory(subscription=second)

    with pytest.raises(PlanChanged):
        cycle.run(on=ON, act=Act(officer, at), chunk=1, approved=row.pk)

    assert [line[0] for line in lines()] == [first.pk]


def test_somebody_approved_but_not_due_any_more_is_noticed(at, officer):
    first, second = due(), due()
    row = approved(proposed(at, officer), at, officer)
    Schedule.objects.filter(subscription=second).update(billed_until=date(2026, 3, 5))

    with pytest.raises(PlanChanged) as caught:
        cycle.run(on=ON, act=Act(officer, at), chunk=1, approved=row.pk)

    assert caught.value.customers == [second.customer_id]
    assert [line[0] for line in lines()] == [first.pk]


def test_a_wrong_hash_approves_nothing(at, officer):
    due()
    row = proposed(at, officer)

    with pytest.raises(Changed):
        dry_runs.approve(dry_run=row, plan_hash="0" * 64, act=Act(officer, at))


def test_a_withdrawn_plan_cannot_be_approved(at, officer):
    due()
    row = dry_runs.withdraw(dry_run=proposed(at, officer), act=Act(officer, at))

    with pytest.raises(Changed):
        approved(row, at, officer)


def test_a_day_without_anything_is_not_proposed(at, officer):
    with pytest.raises(NothingPlanned):
        proposed(at, officer)


def test_approved_by_many_at_once_it_is_executed_once(at, officer):
    due()
    row = proposed(at, officer)
    barrier, failed = threading.Barrier(8), []

    def approve():
        try:
            barrier.wait()
            approved(row, at, officer)
            dry_runs.execute(dry_run_id=row.pk, at=at)
        except (cycle.RunUnderWay, Changed) as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=approve) for _one in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    dry_runs.execute(dry_run_id=row.pk, at=at)
    assert Invoice.objects.count() == 1
    assert AuditEvent.objects.filter(action="dry_run.approved").count() == 1
    assert AuditEvent.objects.filter(action="dry_run.executed").count() == 1


def test_the_part_that_cuts_off_is_planned_and_done(at, officer):
    """Past due on the day itself: the lines closed are those approved, minus who paid since."""
    subscription = due()
    cycle.run(on=ON, act=Act(None, at))
    day = date(2026, 2, 10)
    row = dry_runs.propose(on=day, act=Act(officer, at))
    assert (row.figures["cut_customers"], row.figures["cut_amount"]) == (1, "1150.00")

    approved(row, at, officer)
    then = at.replace(month=2, day=10)
    row = dry_runs.execute(dry_run_id=row.pk, at=then)

    assert (row.status, row.outcome["suspended"]) == ("EXECUTED", 1)
    subscription.refresh_from_db()
    assert subscription.status == "SUSPENDED"


# --- the runaway guard


def limited(periods):
    company = Company.current()
    company.max_periods_a_run = periods
    company.save()
    Company.forget_cached()


def test_a_service_far_behind_is_put_on_hold_and_the_others_are_billed(at, officer):
    limited(3)
    lost = SubscriptionFactory()
    scheduled(lost, billed_until=date(2025, 6, 5))
    fine = due()

    outcome = cycle.run(on=ON, act=Act(None, at))

    assert outcome.written.invoices == 1
    assert [line[0] for line in lines()] == [fine.pk]
    schedule = Schedule.objects.get(subscription=lost)
    assert (schedule.held_at, schedule.held_periods) == (at, 9)
    assert schedule.billed_until == date(2025, 6, 5)


def test_the_preview_shows_what_would_be_put_on_hold_and_holds_nothing(at, officer):
    limited(3)
    lost = SubscriptionFactory()
    scheduled(lost, billed_until=date(2025, 6, 5))
    due()

    shown = project(on=ON).shown

    assert (shown.invoices, shown.on_hold_count) == (1, 1)
    assert shown.on_hold[0].subscription_id == lost.pk
    assert Schedule.objects.get(subscription=lost).held_at is None


def test_a_on_hold_service_is_billed_after_somebody_looked(at, officer):
    limited(3)
    lost = SubscriptionFactory()
    scheduled(lost, billed_until=date(2025, 9, 5))
    cycle.run(on=ON, act=Act(None, at))
    assert Invoice.objects.count() == 0

    on_hold.release(
        subscription_id=lost.pk, periods=6, act=Act(officer, at, reason="the import was late")
    )
    cycle.run(on=ON, act=Act(None, at))

    assert InvoiceLine.objects.count() == 6
    assert at_once.broken() == []


def test_days_nobody_shall_pay_are_skipped(at, officer):
    limited(3)
    lost = SubscriptionFactory()
    scheduled(lost, billed_until=date(2025, 6, 5))
    cycle.run(on=ON, act=Act(None, at))

    on_hold.skip(
        subscription_id=lost.pk,
        until=date(2026, 2, 5),
        act=Act(officer, at, reason="was never in use"),
    )
    cycle.run(on=ON, act=Act(None, at))

    assert [line[1].lower for line in lines()] == [date(2026, 2, 5)]
    with pytest.raises(on_hold.NotOnHold):
        on_hold.release(
            subscription_id=lost.pk, periods=6, act=Act(officer, at, reason="once more please")
        )


def test_who_worked_it_out_does_not_approve_it(at, officer):
    due()
    row = proposed(at, officer)
    assert row.needs_second

    with pytest.raises(OwnPlan):
        dry_runs.approve(dry_run=row, plan_hash=row.plan_hash, act=Act(officer, at))
    with pytest.raises(IntegrityError, match="dry_run_approved_by_another"):
        DryRun.objects.filter(pk=row.pk).update(
            status="APPROVED", approved_by=officer, approved_at=at
        )

    assert (
        dry_runs.approve(dry_run=row, plan_hash=row.plan_hash, act=Act(UserFactory(), at)).status
        == "APPROVED"
    )


def test_one_person_is_enough_where_the_company_says_so(at, officer):
    Company.current()
    Company.objects.update(dry_runs_need_second=False)
    Company.forget_cached()
    due()
    row = proposed(at, officer)

    row = dry_runs.approve(dry_run=row, plan_hash=row.plan_hash, act=Act(officer, at))

    assert (row.status, row.approved_by_id) == ("APPROVED", officer.pk)


def test_a_plan_waits_for_everybody_but_who_made_it_until_its_day_is_over(at, officer):
    due()
    row = proposed(at, officer)
    chief = UserFactory()

    assert list(to_approve.dry_runs(chief, on=ON)) == [row]
    assert list(to_approve.dry_runs(officer, on=ON)) == []
    assert list(to_approve.dry_runs(chief, on=date(2026, 1, 30))) == []
