"""Opening an account: number, phone, national id, trail."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction

from customers.models import AccountState, Customer, Word
from customers.queries import duplicates
from customers.services import profile, registration
from ispbill.audit.models import AuditEvent
from ispbill.core import crypto
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing
from tests.customers.details import details
from tests.factories.accounts import UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory

pytestmark = pytest.mark.django_db

ON = date(2026, 1, 10)


def register(at, *, shared_phone_reason="", actor=None, on=ON, **changes):
    return registration.register(
        details=details(**changes),
        act=Act(actor, at, on=on),
        shared_phone_reason=shared_phone_reason,
    )


def test_a_customer_gets_the_next_number_of_the_year(at):
    first = register(at)
    second = register(at, phone="01711000002")

    assert (first.number, second.number) == ("CT-2026-00001", "CT-2026-00002")


def test_the_counter_runs_on_over_the_years(at):
    register(at)

    assert register(at, phone="01711000002", on=date(2027, 1, 1)).number == "CT-2027-00002"


def test_the_phone_is_stored_in_one_form_however_it_was_typed(at):
    customer = register(at, phone="০১৭১১-০০০০০১", alternate_phone="8801811000002")

    assert (customer.phone, customer.alternate_phone) == ("+8801711000001", "+8801811000002")


def test_the_branch_is_the_areas_unless_said_otherwise(at):
    area = AreaFactory()

    assert register(at, area=area).branch == area.branch


def test_a_new_customer_is_pending_owes_nothing_and_leaves_a_trail(at):
    actor = UserFactory(name="Nadia")

    customer = register(at, actor=actor)

    event = AuditEvent.objects.get(action="customer.registered")
    assert customer.status == "PENDING"
    assert AccountState.objects.get(customer=customer).balance_amount == Decimal("0.00")
    assert (event.actor_name, event.customer_id, event.at) == ("Nadia", customer.pk, at)
    assert event.after["phone"] == "+8801711000001"


@pytest.mark.parametrize("phone", ["", "123", "abc", "01711 00000", "0171100000111"])
def test_what_is_no_phone_number_is_refused_in_words(at, phone):
    with pytest.raises(profile.PhoneRefused) as refusal:
        register(at, phone=phone)

    assert len(str(refusal.value)) > 10
    assert Customer.objects.count() == 0


def test_a_taken_phone_is_refused_without_saying_whose_it_is(at):
    other = register(at, name="Rahim Uddin")

    with pytest.raises(profile.PhoneTaken) as refusal:
        register(at, phone="+8801711000001")

    assert refusal.value.other == other
    assert "Rahim" not in str(refusal.value)  # it may be another branch's
    assert "01711000001" in str(refusal.value)


def test_a_refused_registration_uses_no_number(at):
    register(at)

    with pytest.raises(profile.PhoneTaken):
        register(at)

    assert register(at, phone="01711000002").number == "CT-2026-00002"


def test_a_phone_may_be_shared_for_a_reason(at):
    register(at)

    customer = register(at, shared_phone_reason="Father and son share a phone")

    assert (customer.allows_shared_phone, customer.is_duplicate_suspect) == (True, True)
    assert (
        AuditEvent.objects.get(target_id=customer.pk, action="customer.registered").reason
        == "Father and son share a phone"
    )


def test_sharing_a_phone_needs_more_than_an_excuse(at):
    register(at)

    with pytest.raises(ReasonMissing):
        register(at, shared_phone_reason="because")


def test_the_phone_of_an_archived_or_cancelled_account_is_free(at):
    CustomerFactory(phone="+8801711000001", archived_at=at, number="CT-2025-90001")
    CustomerFactory(phone="+8801711000002", status="CANCELLED", number="CT-2025-90002")

    assert register(at).allows_shared_phone is False
    assert register(at, phone="01711000002").allows_shared_phone is False


def test_the_database_has_the_last_word_on_a_phone_taken_meanwhile(at, monkeypatch):
    register(at)
    monkeypatch.setattr(profile, "phone_may_be_shared", lambda *_args, **_kwargs: False)

    with pytest.raises(profile.PhoneTaken), transaction.atomic():
        register(at)


def test_a_national_id_is_sealed_and_found_by_fingerprint_only(at):
    customer = register(at, national_id="1984-0501 2345")

    assert "19840501" not in customer.sealed_national_id
    assert (
        crypto.unseal(customer.sealed_national_id, context=profile.national_id_context(customer))
        == "198405012345"
    )
    assert customer.national_id_fingerprint == crypto.fingerprint(
        "198405012345", purpose="national_id"
    )
    event = AuditEvent.objects.get(action="customer.registered")
    assert "198405012345" not in str(event.after)


def test_the_same_national_id_or_e_mail_makes_a_suspect(at):
    first = register(at, national_id="198405012345", email="Amina@Example.com")

    second = register(at, phone="01711000002", national_id="1984 0501 2345")
    third = register(at, phone="01711000003", email="amina@example.com")
    fourth = register(at, phone="01711000004", email="other@example.com")

    assert [one.is_duplicate_suspect for one in (first, second, third, fourth)] == [
        False,
        True,
        True,
        False,
    ]
    assert set(duplicates.alike(first)) == {second, third}


def test_search_learns_the_words_of_name_and_address_but_no_numbers(at):
    register(at, name="Chitra Roy", local_name="চিত্রা রায়", address="House 12, Lake-view")

    words = set(Word.objects.values_list("text", flat=True))
    assert {"chitra", "roy", "চিত্রা", "রায়", "house", "lake", "view"} == words


@pytest.mark.django_db(transaction=True)
def test_nobody_is_registered_when_the_transaction_is_chargeback(at):
    with transaction.atomic():
        register(at)
        transaction.set_rollback(True)

    assert Customer.objects.count() == 0
    assert not connection.in_atomic_block
    assert register(at).number == "CT-2026-00001"
