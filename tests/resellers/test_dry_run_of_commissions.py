"""What a dry run says resellers will earn is what they earn when the bills are paid."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.invoices.models import Invoice
from billing.run.models import DryRun
from billing.run.queries import shares
from billing.run.services import dry_runs
from billing.run.services.projections import project
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.models import Company
from resellers.models import Commission, Reseller
from tests.factories.accounts import UserFactory
from tests.factories.billing import scheduled
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.payments import paid
from tests.factories.resellers import ResellerFactory

pytestmark = pytest.mark.django_db(transaction=True)
ON = date(2026, 1, 29)
AT = datetime(2026, 1, 29, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_the_day(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)


def due(reseller=None, price="1000.00", **values):
    customer = CustomerFactory(reseller_id=reseller.pk if reseller else None, **values)
    scheduled(
        SubscriptionFactory(customer=customer, price_amount=Decimal(price)),
        billed_until=date(2026, 2, 5),
    )
    return customer


@pytest.mark.parametrize("without_tax", [True, False])
def test_what_was_foretold_is_what_is_earned(without_tax):
    Company.objects.update(commission_excludes_tax=without_tax)
    Company.forget_cached()
    one = ResellerFactory(name="Asha", commission_rate=Decimal("0.125"))
    other = ResellerFactory(name="Babul", commission_rate=Decimal("0.10"))
    due(one, "999.99")
    due(one, "333.33", is_tax_exempt=True)
    due(other)
    due(ResellerFactory(commission_rate=Decimal(0)))
    due()

    row = dry_runs.propose(on=ON, act=Act(UserFactory(), AT))
    dry_runs.approve(dry_run=row, plan_hash=row.plan_hash, act=Act(UserFactory(), AT))
    dry_runs.execute(dry_run_id=row.pk, at=AT)
    assert Commission.objects.count() == 0  # a bill earns nothing before it is paid
    for bill in Invoice.objects.select_related("customer").order_by("pk"):
        paid(bill.customer, str(bill.total_amount), at=AT)

    told = row.figures["commissions"]
    assert [(each["partner"], each["customers"]) for each in told] == [("Asha", 2), ("Babul", 1)]
    for each in told:
        earned = Commission.objects.filter(reseller__name=each["partner"])
        assert sum(found.amount for found in earned) == Decimal(each["amount"]) > 0
    assert Decimal(row.figures["commission_amount"]) == shares.earned(ON, ON)


def test_another_rate_or_another_reseller_makes_the_plan_stale():
    reseller = ResellerFactory(commission_rate=Decimal("0.10"))
    customer, bystander = due(reseller), due()
    row = dry_runs.propose(on=ON, act=Act(UserFactory(), AT))
    dry_runs.approve(dry_run=row, plan_hash=row.plan_hash, act=Act(UserFactory(), AT))

    Reseller.objects.update(commission_rate=Decimal("0.11"))
    assert dry_runs.changes(row) == [customer.pk]
    Reseller.objects.update(commission_rate=Decimal("0.10"))
    assert dry_runs.changes(row) == []
    Customer.objects.filter(pk=bystander.pk).update(reseller_id=reseller.pk)

    row = dry_runs.execute(dry_run_id=row.pk, at=AT)

    assert (row.status, row.outcome["customers"]) == ("REFUSED", [bystander.pk])
    assert Invoice.objects.count() == 0


def test_last_months_commissions_stand_beside_it_by_branch():
    reseller = ResellerFactory(commission_rate=Decimal("0.10"))
    customer = due(reseller)
    december = datetime(2025, 12, 31, 4, 0, tzinfo=UTC)
    paid(customer, "575.00", at=december)
    paid(customer, "100.00", at=AT)  # this month

    whole = dry_runs.propose(on=ON, act=Act(UserFactory(), AT))
    elsewhere = dry_runs.propose(on=ON, branch_id=due().branch_id, act=Act(UserFactory(), AT))

    earned = Commission.objects.get(earned_on=december.date()).amount
    assert Decimal(whole.figures["month_before"]["commission_amount"]) == earned > 0
    assert Decimal(elsewhere.figures["month_before"]["commission_amount"]) == 0
    assert elsewhere.figures["commissions"] == []


def test_nobody_to_bill_is_nothing_to_earn():
    ResellerFactory()
    assert project(on=ON).commissions == []


def test_the_page_says_what_they_would_earn(client):
    client.force_login(User.objects.filter(role="OWNER").first() or UserFactory(role="OWNER"))
    due(ResellerFactory(name="Asha", commission_rate=Decimal("0.10")))
    row = dry_runs.propose(on=ON, act=Act(UserFactory(), AT))

    answer = client.get(reverse("staff_billing:dry-run", args=[row.pk])).content.decode()

    section = answer.partition('data-part="commissions"')[2].partition("</section>")[0]
    assert "Asha" in section
    assert row.figures["commission_amount"] in section.replace(",", "")
    assert 'data-fact="commissions"' in answer
    del row.figures["commissions"], row.figures["commission_amount"]
    DryRun.objects.update(figures=row.figures)  # one of before commissions were told
    assert client.get(reverse("staff_billing:dry-run", args=[row.pk])).status_code == 200
