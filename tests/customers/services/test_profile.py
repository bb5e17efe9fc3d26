"""Changing and archiving an account."""

from datetime import date
from decimal import Decimal

import pytest

from customers.models import AccountState, Customer, Word
from customers.services import archiving, profile, registration
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, ReasonMissing
from tests.customers.details import details
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db

WHY = "Moved abroad, account closed"


def edit(customer, at, *, shared_phone_reason="", **changes):
    return profile.edit(
        customer=customer,
        details=details(**({"area": customer.area} | changes)),
        act=Act(UserFactory(name="Nadia"), at),
        shared_phone_reason=shared_phone_reason,
    )


@pytest.fixture
def customer(at):
    return registration.register(details=details(), act=Act(None, at, on=date(2026, 1, 10)))


def test_an_edit_keeps_only_what_changed_in_the_trail(customer, at):
    edit(customer, at, name="Amina  Khatun", tags=("VIP", "vip", " "))

    event = AuditEvent.objects.get(action="customer.edited")
    assert event.before == {"name": "Amina Begum", "tags": []}
    assert event.after == {"name": "Amina Khatun", "tags": ["vip"]}
    assert Word.objects.filter(text="khatun").exists()


def test_an_edit_that_changes_nothing_leaves_no_event(customer, at):
    edit(customer, at)

    assert not AuditEvent.objects.filter(action="customer.edited").exists()


def test_an_edit_keeps_the_national_id_unless_told(customer, at):
    edit(customer, at, national_id="123")
    sealed = Customer.objects.get().sealed_national_id

    edit(customer, at, name="Amina")
    assert Customer.objects.get().sealed_national_id == sealed

    edit(customer, at, national_id="")
    assert Customer.objects.get().sealed_national_id == ""


def test_an_edit_to_a_taken_phone_is_refused(customer, at):
    other = CustomerFactory(phone="+8801711000009", name="Babul", number="CT-2026-90001")

    with pytest.raises(profile.PhoneTaken) as refusal:
        edit(customer, at, phone="01711000009")

    assert refusal.value.other == other
    assert edit(customer, at, phone="01711000009", shared_phone_reason=WHY).allows_shared_phone


def test_the_database_refuses_a_phone_taken_meanwhile(customer, at, monkeypatch):
    CustomerFactory(phone="+8801711000009", number="CT-2026-90001")
    monkeypatch.setattr(profile, "phone_may_be_shared", lambda *_args, **_kwargs: False)

    with pytest.raises(profile.PhoneTaken):
        edit(customer, at, phone="01711000009")


def test_nobody_refers_itself_not_even_over_others(customer, at):
    friend = CustomerFactory(referred_by=customer, number="CT-2026-90001")
    friends_friend = CustomerFactory(referred_by=friend, number="CT-2026-90002")

    with pytest.raises(profile.RefersInACircle):
        edit(customer, at, referred_by=friends_friend)


def test_an_account_without_services_is_archived_and_restored(customer, at):
    archiving.archive(customer=customer, act=Act(None, at, reason=WHY))
    assert Customer.objects.get().archived_at == at

    archiving.restore(customer=customer, act=Act(None, at))
    assert Customer.objects.get().archived_at is None
    assert list(
        AuditEvent.objects.filter(action__in=["customer.archived", "customer.restored"])
        .order_by("id")
        .values_list("action", "reason")
    ) == [("customer.archived", WHY), ("customer.restored", "")]


def test_archiving_needs_a_reason(customer, at):
    with pytest.raises(ReasonMissing):
        archiving.archive(customer=customer, act=Act(None, at, reason="gone"))


@pytest.mark.parametrize("status", ["PENDING", "ACTIVE", "SUSPENDED"])
def test_an_account_with_a_living_service_is_not_archived(customer, at, status):
    SubscriptionFactory(
        customer=customer,
        status=status,
        activated_on=None if status == "PENDING" else date(2025, 12, 5),
        suspended_at=at if status == "SUSPENDED" else None,
    )

    with pytest.raises(archiving.NotArchivable, match="Cancel the service first"):
        archiving.archive(customer=customer, act=Act(None, at, reason=WHY))


@pytest.mark.parametrize("balance", [Decimal("0.01"), Decimal("-5.00")])
def test_an_account_with_money_open_is_not_archived(customer, at, balance):
    AccountState.objects.filter(customer=customer).update(balance_amount=balance)

    with pytest.raises(archiving.NotArchivable):
        archiving.archive(customer=customer, act=Act(None, at, reason=WHY))


def test_an_archived_account_is_not_archived_again(customer, at):
    archiving.archive(customer=customer, act=Act(None, at, reason=WHY))

    with pytest.raises(archiving.NotArchivable, match="already"):
        archiving.archive(customer=customer, act=Act(None, at, reason=WHY))


def test_an_account_is_not_restored_onto_a_phone_with_a_new_owner(customer, at):
    archiving.archive(customer=customer, act=Act(None, at, reason=WHY))
    registration.register(details=details(), act=Act(None, at, on=date(2026, 1, 10)))

    with pytest.raises(profile.PhoneTaken):
        archiving.restore(customer=customer, act=Act(None, at))


def test_only_an_archived_account_is_restored(customer, at):
    with pytest.raises(DomainError):
        archiving.restore(customer=customer, act=Act(None, at))


def test_an_edit_moves_the_customer_to_the_new_areas_branch(customer, at):
    branch = BranchFactory()

    moved = edit(customer, at, area=AreaFactory(branch=branch))

    assert moved.branch == branch
