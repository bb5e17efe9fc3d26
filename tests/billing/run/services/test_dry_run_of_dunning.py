"""The messages and late fees of a day are worked out, approved, and done exactly so or left out."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from billing.dunning.services import late_fees, steps
from billing.invoices.models import Invoice
from billing.run.models import DryRunPart
from billing.run.services import dry_runs
from billing.run.services.dry_runs import Changed
from billing.run.services.projections import project
from customers.models import AccountState
from ispbill.core import faults
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.billing import scheduled
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.dunning import DunningPolicyFactory, ladder
from tests.factories.payments import open_invoice, paid
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)

DUE = date(2026, 1, 5)
DAY = date(2026, 1, 8)  # reminded and charged three days after; nobody is cut before the 12th
AT = datetime(2026, 1, 8, 5, tzinfo=UTC)


@pytest.fixture
def officer():
    return UserFactory(role="BILLING")


@pytest.fixture(autouse=True)
def _ladder():
    policy = DunningPolicyFactory(
        customer_kind="",
        grace_days=None,
        minimum_amount=None,
        late_fee_amount=Decimal("50.00"),
        late_fee_since=date(2026, 1, 1),
    )
    ladder(policy, ("REMIND", -3), ("REMIND", 3), ("LATE_FEE", 3), ("SUSPEND", None))


def debtor(amount="1150.00"):
    customer = CustomerFactory()
    SubscriptionFactory(customer=customer)
    open_invoice(customer, amount, due=DUE)
    return customer


def approved(officer, at=AT):
    row = dry_runs.propose(on=DAY, act=Act(officer, at))
    return dry_runs.approve(dry_run=row, plan_hash=row.plan_hash, act=Act(UserFactory(), at))


def kinds(row):
    return sorted(row.parts.values_list("kind", "customer_id"))


def told():
    return sorted(
        Message.objects.filter(event="payment_overdue").values_list("customer_id", flat=True)
    )


def test_the_day_s_messages_and_fees_are_in_the_plan_and_done_as_approved(officer):
    one, other = debtor(), debtor("333.00")
    row = approved(officer)

    assert kinds(row) == sorted(
        (kind, customer.pk) for kind in ("FEE", "TELL") for customer in (one, other)
    )
    assert (row.figures["messages"], row.figures["late_fees"]) == (2, 2)
    assert row.figures["messages_by_event"] == {"payment_overdue": 2}
    assert row.figures["late_fee_amount"] == "115.00"
    assert (Message.objects.count(), Invoice.objects.filter(kind="LATE_FEE").count()) == (0, 0)

    row = dry_runs.execute(dry_run_id=row.pk, at=AT)

    assert (row.status, row.outcome["not_told"], row.outcome["not_charged"]) == ("EXECUTED", 0, 0)
    assert told() == [one.pk, other.pk]
    fees = Invoice.objects.filter(kind="LATE_FEE")
    assert [fee.subtotal_amount for fee in fees] == [Decimal("50.00")] * 2
    assert at_once.broken() == []


def test_the_day_s_own_jobs_find_nothing_left(officer):
    debtor()
    dry_runs.execute(dry_run_id=approved(officer).pk, at=AT)

    assert steps.send(on=DAY, at=AT).done == {}
    assert late_fees.charge(on=DAY, at=AT) == 0


def test_another_message_or_another_fee_is_another_hash(officer):
    customer = debtor()
    before = project(on=DAY)
    paid(customer, "100.00", at=AT)

    after = project(on=DAY)

    assert [part[:2] for part in after.parts] == [part[:2] for part in before.parts]
    assert after.plan_hash != before.plan_hash


def test_a_fee_that_costs_more_by_now_is_another_hash(officer):
    debtor()
    before = project(on=DAY).plan_hash
    late_fee_of("60.00")

    assert project(on=DAY).plan_hash != before


def test_a_plan_whose_messages_have_been_sent_is_not_approved(officer):
    debtor()
    row = dry_runs.propose(on=DAY, act=Act(officer, AT))
    steps.send(on=DAY, at=AT)

    with pytest.raises(Changed):
        dry_runs.approve(dry_run=row, plan_hash=row.plan_hash, act=Act(UserFactory(), AT))


def test_a_debtor_more_after_the_approval_is_refused_and_named(officer):
    debtor()
    row = approved(officer)
    new = debtor()

    row = dry_runs.execute(dry_run_id=row.pk, at=AT)

    assert (row.status, row.outcome["customers"]) == ("REFUSED", [new.pk])
    assert (Message.objects.count(), Invoice.objects.filter(kind="LATE_FEE").count()) == (0, 0)


def test_who_changes_while_it_runs_is_left_out_and_counted(officer, monkeypatch):
    stays, pays = debtor(), debtor()
    row = approved(officer)
    monkeypatch.setattr(dry_runs, "changes", lambda _row: [])  # the change comes right after it
    paid(pays, "100.00", at=AT)
    late_fee_of("60.00")

    row = dry_runs.execute(dry_run_id=row.pk, at=AT)

    assert told() == [stays.pk]
    assert not Invoice.objects.filter(kind="LATE_FEE").exists()
    assert (row.status, row.outcome["not_told"], row.outcome["not_charged"]) == ("EXECUTED", 1, 2)


def test_bills_of_the_day_itself_are_not_spoken_of_by_its_plan(officer):
    """A bill of today that is due within three days waits for the day's own job."""
    customer = debtor()
    company = Company.current()
    company.invoice_lead_days = 3
    company.save()
    Company.forget_cached()
    scheduled(customer.subscriptions.get(), billed_until=DAY + timedelta(days=3))
    row = approved(officer)
    assert [kind for kind, _pk in kinds(row)] == ["BILL", "FEE", "TELL"]

    row = dry_runs.execute(dry_run_id=row.pk, at=AT)

    assert (row.status, row.outcome["not_told"]) == ("EXECUTED", 0)
    assert row.run.invoice_count == 1
    assert told() == [customer.pk]
    assert steps.send(on=DAY, at=AT).done == {-3: 1}


def test_messages_and_fees_wait_for_the_day_itself(officer):
    debtor()
    early = AT - timedelta(days=1)
    row = approved(officer, at=early)

    row = dry_runs.execute(dry_run_id=row.pk, at=early)

    assert (row.status, row.outcome["is_day"], row.outcome["not_told"]) == ("EXECUTED", False, 0)
    assert (Message.objects.count(), Invoice.objects.filter(kind="LATE_FEE").count()) == (0, 0)


def test_killed_between_messages_and_fees_it_goes_on(officer, monkeypatch):
    customer = debtor()
    row = approved(officer)

    def shot(name):
        if name == "billing.late_fees.before_commit":
            raise SystemExit(137)

    with monkeypatch.context() as patched:
        patched.setattr(faults, "point", shot)
        with pytest.raises(SystemExit):
            dry_runs.execute(dry_run_id=row.pk, at=AT)
    assert (told(), Invoice.objects.filter(kind="LATE_FEE").count()) == ([customer.pk], 0)

    row = dry_runs.execute(dry_run_id=row.pk, at=AT + timedelta(minutes=5))

    assert (row.status, row.outcome["not_told"], row.outcome["not_charged"]) == ("EXECUTED", 0, 0)
    assert told() == [customer.pk]
    assert AccountState.objects.get(customer=customer).balance_amount == Decimal("1207.50")


def test_the_same_day_of_the_month_before_is_shown_beside(officer):
    debtor()
    steps.send(on=DAY, at=AT)
    late_fees.charge(on=DAY, at=AT)
    next_month = date(2026, 2, 8)

    row = dry_runs.propose(on=next_month, act=Act(officer, AT))

    assert row.figures["month_before"] == {
        "messages": 1,
        "late_fees": 1,
        "cuts": 0,
        "commission_amount": "0.00",
    }
    assert {part.kind for part in row.parts.all()} == {DryRunPart.Kind.CUT}


def late_fee_of(amount):
    from billing.dunning.models import DunningPolicy

    DunningPolicy.objects.update(late_fee_amount=Decimal(amount))
