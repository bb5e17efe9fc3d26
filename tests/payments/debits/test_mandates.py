"""A mandate is asked for once, signed by the customer, and only NetCash's own list says so."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing, Stale
from ispbill.notifications.models import Message
from payments.debits.models import Mandate, MandateHint
from payments.debits.services import mandates, removing, run, signature
from tests import database
from tests.factories import debits
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "the customer asked for it"


def state_of(mandate):
    return Mandate.objects.values_list("state", flat=True).get(pk=mandate.pk)


def test_it_is_sent_with_a_link_for_the_customer_to_sign(bank):
    mandate = debits.requested(bank)

    assert mandate.state == Mandate.State.SENT
    assert mandate.url.startswith(bank.server.base_url)
    told = Message.objects.get(event="mandate_to_sign", channel="SMS")
    assert told.context["sign_url"] == mandate.url
    assert "4000000000" not in str(told.context)


def test_a_customer_with_one_name_and_no_local_habits_can_sign_too(bank):
    from ispbill.core.models import Company

    Company.objects.update(phone_region="BD")
    Company.forget_cached()
    mandate = debits.requested(bank, CustomerFactory(name="Thandi", phone="+27825551234"))

    assert (mandate.state, mandate.state_reason) == ("SENT", "")


def test_an_account_number_that_cannot_be_right_is_refused_and_said(bank):
    mandate = debits.requested(bank, number="4000000002")

    assert mandate.state == Mandate.State.FAILED
    assert mandate.state_reason == "The account number is not right: a digit may be mistyped"
    assert Message.objects.filter(event="mandate_failed", channel="SMS").count() == 1
    assert bank.calls("AddMandate") == []


def test_a_lost_answer_never_sends_it_twice(bank):
    bank.switch(lost_answers=1, faults_hit="AddMandate")
    bank.switch(not_ready_polls=1)
    mandate = debits.requested(bank)
    assert mandate.state == Mandate.State.PENDING
    assert mandate.unsure_since is not None

    run.follow(at=bank.at)
    bank.minutes += 20
    run.follow(at=bank.at)

    assert state_of(mandate) == Mandate.State.SENT  # the list has it
    assert len(bank.calls("AddMandate")) == 1


def test_what_never_arrived_is_sent_again(bank):
    bank.switch(server_errors=1, faults_hit="AddMandate")
    mandate = debits.requested(bank)
    mandate.refresh_from_db()
    assert mandate.unsure_since is not None
    bank.minutes += 60  # it is not in the list half an hour later
    run.follow(at=bank.at)
    bank.minutes += 60
    debits.followed(bank)
    bank.minutes += 60
    debits.followed(bank)

    assert state_of(mandate) == Mandate.State.SENT
    assert len(bank.calls("AddMandate")) == 1


def test_a_netcash_that_is_down_is_asked_later(bank):
    customer = CustomerFactory(phone="+27825551234")
    method = debits.bank_account(customer, at=bank.at)
    mandate = mandates.request(
        method=method, debit_day=1, ceiling=Decimal(1000), act=Act(None, bank.at)
    )
    bank.switch(server_errors=-1, faults_hit="ValidateBankAccount")
    run.follow(at=bank.at)
    mandate.refresh_from_db()
    assert (mandate.state, mandate.attempts) == ("PENDING", 1)
    bank.switch(server_errors=0)
    run.follow(at=bank.at)
    assert state_of(mandate) == Mandate.State.PENDING  # not before its time

    bank.minutes += 20
    run.follow(at=bank.at)

    assert state_of(mandate) == Mandate.State.SENT


@pytest.mark.parametrize(
    ("act", "state"), [("decline", Mandate.State.DECLINED), ("expire", Mandate.State.EXPIRED)]
)
def test_one_that_is_not_signed_ends(bank, act, state):
    mandate = debits.requested(bank)
    bank.act(act=act, reference=mandate.account_reference)
    bank.minutes += 20
    debits.followed(bank)

    assert state_of(mandate) == state


def test_a_forged_postback_activates_nothing_and_is_kept(bank):
    mandate = debits.requested(bank)

    signature.hint(
        said={
            "AccountRef": mandate.account_reference,
            "MandateSuccessful": "1",
            "MandateStatus": "6",
            "IdentityNumber": "8001015009087",
            "BankAccountNo": "4000000000",
        },
        at=bank.at,
    )
    debits.followed(bank)

    assert state_of(mandate) == Mandate.State.SENT
    hint = MandateHint.objects.get()
    assert hint.mandate == mandate
    assert hint.said == {
        "AccountRef": mandate.account_reference,
        "MandateSuccessful": "1",
        "MandateStatus": "6",
    }


def test_a_postback_makes_us_ask_at_once(bank):
    mandate = debits.requested(bank)
    bank.minutes += 20
    debits.followed(bank)
    bank.act(act="sign", reference=mandate.account_reference)
    debits.followed(bank)
    assert state_of(mandate) == Mandate.State.SENT  # asked a moment ago

    signature.hint(said={"AccountRef": mandate.account_reference}, at=bank.at)
    debits.followed(bank)

    assert state_of(mandate) == Mandate.State.ACTIVE


def test_a_postback_about_nobody_is_kept(bank):
    signature.hint(said={"AccountRef": "CT-0"}, at=bank.at)

    assert MandateHint.objects.get().mandate is None


def test_removing_the_account_ends_its_mandate(bank):
    mandate = debits.active(bank)

    removing.remove(method=mandate.method, act=Act(None, bank.at))

    mandate.refresh_from_db()
    assert (mandate.state, mandate.state_reason) == ("CANCELLED", "the bank account was removed")


def test_a_cancelled_one_stays_cancelled_though_the_list_says_signed(bank):
    mandate = debits.requested(bank)
    mandates.cancel(mandate=mandate, act=Act(None, bank.at, reason=REASON))
    bank.act(act="sign", reference=mandate.account_reference)
    debits.requested(bank, mandate.customer, number="4000000020")
    bank.minutes += 20
    debits.followed(bank)

    assert state_of(mandate) == Mandate.State.CANCELLED
    with pytest.raises(Stale):
        mandates.cancel(mandate=mandate, act=Act(None, bank.at, reason=REASON))


def test_stopping_and_allowing_again_need_a_reason(bank):
    mandate = debits.active(bank)
    with pytest.raises(ReasonMissing):
        mandates.suspend(mandate=mandate, act=Act(None, bank.at, reason="no"))
    mandates.suspend(mandate=mandate, act=Act(None, bank.at, reason=REASON))
    assert state_of(mandate) == Mandate.State.SUSPENDED

    mandates.resume(mandate=mandate, act=Act(None, bank.at, reason=REASON))

    assert state_of(mandate) == Mandate.State.ACTIVE


def test_one_the_bank_refuses_is_not_allowed_again(bank):
    mandate = debits.active(bank)
    with transaction.atomic():
        locked = mandates.locked(mandate)
        mandates.stop(locked, need="NEW_MANDATE", act=Act(None, bank.at, reason=REASON))

    with pytest.raises(mandates.MandateRefused):
        mandates.resume(mandate=mandate, act=Act(None, bank.at, reason=REASON))


def test_a_second_request_waits_for_the_first(bank):
    mandate = debits.requested(bank)
    other = debits.bank_account(mandate.customer, at=bank.at, number="4000000020")

    with pytest.raises(mandates.MandateRefused):
        mandates.request(method=other, debit_day=1, ceiling=Decimal(1000), act=Act(None, bank.at))


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ("state = 'ACTIVE', signed_at = now()", "mandate_moves_forward"),
        ("ceiling_amount = 99999", "mandate_is_frozen"),
        ("account_reference = 'X'", "mandate_is_frozen"),
    ],
)
def test_the_database_refuses_a_leap(bank, change, guard):
    mandate = debits.requested(bank)
    with pytest.raises(IntegrityError, match="never changes|does not become"), transaction.atomic():
        _sql(f"UPDATE payments_mandate SET {change} WHERE id = {mandate.pk}")

    with database.owner_connection() as owner:  # without the guard it goes in
        owner.execute("ALTER TABLE payments_mandate DISABLE TRIGGER mandate_frozen")
        owner.execute(f"UPDATE payments_mandate SET {change} WHERE id = {mandate.pk}")
        owner.rollback()


def test_nobody_writes_a_mandate_on_somebody_elses_account(bank):
    method = debits.bank_account(CustomerFactory(phone="+27825551234"), at=bank.at)
    other = CustomerFactory(phone="+27825551235")

    with pytest.raises(IntegrityError, match="bank account of the customer"):
        Mandate.objects.create(
            customer=other,
            method=method,
            account_reference="X-1",
            debit_day=1,
            ceiling_amount=1,
            currency="ZAR",
            asked_at=bank.at,
        )


def test_a_sending_that_died_half_way_is_looked_up_first(bank):
    mandate = debits.requested(bank)
    late = bank.at + timedelta(hours=1)

    run.follow(at=late)

    assert len(bank.calls("AddMandate")) == 1
    assert state_of(mandate) == Mandate.State.SENT


def _sql(text):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(text)
