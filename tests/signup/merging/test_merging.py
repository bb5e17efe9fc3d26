"""Two accounts become one: what goes over, what stays, and back again."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from billing.allocation.models import Payment
from billing.invoices.models import CreditNote, Invoice, Schedule
from billing.ledger.models import Posting
from billing.ledger.rules.chart import Chart
from billing.run.models import BillingRun
from customers.models import AccountState, Customer, DuplicatePair, Merge, Referral, Subscription
from customers.services.profile import PhoneTaken
from ispbill.core import rls
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing
from ispbill.core.models import Company
from network.models import Access
from payments.referrals.services import referral_rewards
from signup.merging.rules import what_moves
from signup.merging.services import merging
from signup.merging.services.merging import NotMergeable, NotUndoable
from tests.factories.accounts import UserFactory
from tests.factories.billing import scheduled
from tests.factories.catalogue import DiscountFactory
from tests.factories.contracts import sent
from tests.factories.customers import CustomerFactory, ReferralFactory, SubscriptionFactory
from tests.factories.network import AccessFactory
from tests.factories.payments import open_invoice, paid
from tests.factories.resellers import ResellerFactory
from tests.factories.tickets import opened

pytestmark = pytest.mark.django_db
WHY = "the same person signed up twice"


@pytest.fixture
def owner():
    return UserFactory(role="OWNER")


@pytest.fixture
def two():
    return CustomerFactory(name="Amina Begum"), CustomerFactory(name="Amina Begam")


def merge(two, owner, at, reason=WHY):
    survivor, absorbed = two
    act = Act(owner, at, reason=reason)
    return merging.merge(survivor=survivor, absorbed=absorbed, act=act)


def undo(merged, owner, at):
    return merging.undo(merged=merged, act=Act(owner, at, reason="they are two people after all"))


def balance(customer):
    return AccountState.objects.get(customer=customer).balance_amount


def carried():
    rows = Posting.objects.filter(account=Chart.BETWEEN_ACCOUNTS)
    return sum(row.amount for row in rows)


def test_services_go_over_with_all_that_belongs_to_them(two, owner, at):
    survivor, absorbed = two
    SubscriptionFactory(customer=survivor)
    service = SubscriptionFactory(customer=absorbed)
    access = AccessFactory(subscription=service)
    scheduled(service, billed_until=date(2026, 2, 5))
    discount = DiscountFactory(subscription=service)
    Company.objects.filter(pk=Company.current().pk).update(address="House 1, Dhaka")
    Company.forget_cached()
    contract = sent(service)
    ticket = opened(absorbed)

    merge(two, owner, at)

    service.refresh_from_db()
    assert (service.customer, service.line_no) == (survivor, 2)
    held = [Access.objects.get(), Schedule.objects.get(), discount, contract, ticket]
    for row in held:
        row.refresh_from_db()
        assert row.customer_id == survivor.pk, row
    assert access.generation == Access.objects.get().generation  # the router is left alone
    absorbed.refresh_from_db()
    assert (absorbed.merged_into, absorbed.is_archived) == (survivor, True)
    survivor.refresh_from_db()
    assert (survivor.status, service.connection_id in survivor.keywords) == ("ACTIVE", True)


def test_a_debt_and_a_credit_become_what_is_left_and_nothing_is_earned(two, owner, at):
    survivor, absorbed = two
    paid(survivor, "300.00", at=at - timedelta(days=1))
    bill = open_invoice(absorbed, "1725.00", due=date(2026, 1, 5))
    revenue = Posting.objects.filter(account__gte=4000, account__lt=5000)
    before = sum(row.amount for row in revenue.all())

    merged = merge(two, owner, at)

    assert (balance(survivor), balance(absorbed)) == (Decimal("1425.00"), Decimal(0))
    invoice = Invoice.objects.get(pk=merged.transfers["debt_invoice"])
    assert (invoice.customer, invoice.kind) == (survivor, Invoice.Kind.ADJUSTMENT)
    assert (invoice.total_amount, invoice.tax_amount) == (Decimal("1725.00"), 0)
    assert (invoice.due_date, invoice.amount_due) == (date(2026, 1, 5), Decimal("1425.00"))
    bill.refresh_from_db()
    assert (bill.customer, bill.amount_due) == (absorbed, 0)
    assert (carried(), CreditNote.objects.count()) == (0, 0)
    assert sum(row.amount for row in revenue.all()) == before


def test_credit_of_the_absorbed_pays_what_the_survivor_owes(two, owner, at):
    survivor, absorbed = two
    paid(absorbed, "300.00", at=at - timedelta(days=1))
    open_invoice(survivor, "1725.00", due=date(2026, 1, 5))

    merge(two, owner, at)

    assert (balance(survivor), balance(absorbed)) == (Decimal("1425.00"), Decimal(0))
    assert carried() == 0


@pytest.mark.parametrize(("credit", "debt"), [("300.00", ""), ("", "1725.00"), ("", "")])
def test_undone_within_thirty_days_everything_is_as_it_was(two, owner, at, credit, debt):
    survivor, absorbed = two
    paid(survivor, "200.00", at=at - timedelta(days=2))
    service = SubscriptionFactory(customer=absorbed)
    SubscriptionFactory(customer=survivor)
    ticket = opened(absorbed)
    if credit:
        paid(absorbed, credit, at=at - timedelta(days=1))
    if debt:
        open_invoice(absorbed, debt, due=date(2026, 1, 5))
    before = balance(survivor), balance(absorbed)
    merged = merge(two, owner, at)

    undo(merged, owner, at + timedelta(days=29))

    assert (balance(survivor), balance(absorbed)) == before
    assert carried() == 0
    service.refresh_from_db()
    ticket.refresh_from_db()
    assert (service.customer, service.line_no, ticket.customer) == (absorbed, 1, absorbed)
    absorbed.refresh_from_db()
    assert (absorbed.merged_into, absorbed.archived_at, absorbed.status) == (None, None, "ACTIVE")
    with pytest.raises(NotUndoable):
        undo(merged, owner, at)


def test_documents_written_since_stay_and_so_does_money_that_was_spent(two, owner, at):
    survivor, absorbed = two
    open_invoice(absorbed, "1725.00", due=date(2026, 1, 5))
    merged = merge(two, owner, at)
    later = opened(survivor)
    paid(survivor, "1725.00", at=at + timedelta(days=1))

    undo(merged, owner, at + timedelta(days=2))

    later.refresh_from_db()
    assert later.customer == survivor
    assert (balance(survivor), balance(absorbed), carried()) == (0, 0, 0)


def test_after_thirty_days_or_with_the_phone_taken_nothing_is_undone(two, owner, at):
    survivor, absorbed = two
    merged = merge(two, owner, at)

    with pytest.raises(NotUndoable):
        undo(merged, owner, at + timedelta(days=31))
    CustomerFactory(phone=absorbed.phone)
    with pytest.raises(PhoneTaken):
        undo(merged, owner, at + timedelta(days=1))
    absorbed.refresh_from_db()
    assert absorbed.merged_into == survivor


def test_without_a_reason_nothing_is_merged(two, owner, at):
    with pytest.raises(ReasonMissing):
        merge(two, owner, at, reason="same")


def _archived(survivor, absorbed, at):
    Customer.objects.filter(pk=absorbed.pk).update(archived_at=at)


def _of_a_reseller(survivor, absorbed, at):
    Customer.objects.filter(pk=absorbed.pk).update(reseller_id=ResellerFactory().pk)


def _run_under_way(survivor, absorbed, at):
    BillingRun.objects.create(
        business_date=at.date(), horizon=at.date(), status="RUNNING", started_at=at
    )


@pytest.mark.parametrize("against", [_archived, _of_a_reseller, _run_under_way])
def test_accounts_are_not_merged_against_the_rules(two, owner, at, against):
    against(*two, at)

    with pytest.raises(NotMergeable):
        merge(two, owner, at)
    assert not Merge.objects.exists()


def test_who_brought_themself_gives_the_reward_back(two, owner, at):
    survivor, absorbed = two
    survivor.referred_by = absorbed
    survivor.save()
    referral = ReferralFactory(
        referrer=absorbed,
        referred=survivor,
        joined_at=at - timedelta(days=3),
        minimum_amount=500,
        expires_on=date(2027, 1, 1),
    )
    paid(survivor, "600.00", at=at - timedelta(days=2))
    referral_rewards.settle_all(at=at)
    assert Payment.objects.filter(method="REFERRAL", status="COMPLETED").exists()

    merge(two, owner, at)

    referral.refresh_from_db()
    assert referral.status == Referral.Status.REFUSED
    assert not Payment.objects.filter(method="REFERRAL", status="COMPLETED").exists()
    assert balance(survivor) == Decimal("-600.00")


def test_friends_who_have_not_paid_yet_are_brought_by_the_survivor(two, owner, at):
    survivor, absorbed = two
    referral = ReferralFactory(referrer=absorbed, referred=CustomerFactory(referred_by=absorbed))

    merged = merge(two, owner, at)

    referral.refresh_from_db()
    assert (referral.referrer, referral.referred.referred_by) == (survivor, survivor)
    undo(merged, owner, at)
    referral.refresh_from_db()
    assert referral.referrer == absorbed


def test_the_portal_of_the_survivor_sees_the_history_of_the_absorbed(two, owner, at):
    survivor, absorbed = two
    bill = open_invoice(absorbed, "1725.00", due=date(2026, 1, 5))
    merge(two, owner, at)

    with rls.as_portal([survivor.pk]):
        seen = set(Invoice.objects.values_list("pk", flat=True))
    with rls.as_portal([CustomerFactory().pk]):
        foreign = set(Invoice.objects.values_list("pk", flat=True))

    assert (bill.pk in seen, foreign) == (True, set())


def test_frozen_rows_change_hands_for_a_merge_alone(two, owner, at):
    survivor, absorbed = two
    discount = DiscountFactory(subscription=SubscriptionFactory(customer=absorbed))

    with (
        pytest.raises(DatabaseError, match="granted is ended"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE billing_discount SET customer_id = %s WHERE id = %s", [survivor.pk, discount.pk]
        )


def test_a_pair_that_is_merged_is_none_to_look_at_any_more(two, owner, at):
    first, second = sorted(two, key=lambda one: one.pk)
    DuplicatePair.objects.create(first=first, second=second, score=60, why=["phone"], found_at=at)

    merge(two, owner, at)

    assert not DuplicatePair.objects.exists()


def test_every_table_with_a_customer_says_whether_it_moves():
    named = {*what_moves.WITH_SERVICE, *what_moves.BY_ROW, *what_moves.STAYS}
    found = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.remote_field is not None and field.related_model is Customer
    } - {"customers.Subscription", "customers.Customer"}

    assert found - named == set()
    assert named - found == {"notifications.Message"}  # named by its number alone
    for label in what_moves.WITH_SERVICE:
        assert apps.get_model(label)._meta.get_field("subscription").related_model is Subscription
