"""A collector's cash: settled once with its moment, never refused, and what is odd is said."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.allocation.models import Payment
from billing.ledger.models import JournalEntry
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from billing.tills.models import Handover, Shift
from customers.models import Customer
from fieldservice.rounds.models import RoundReceipt
from fieldservice.rounds.queries import rounds
from fieldservice.rounds.rules import numbers
from fieldservice.rounds.services import receipts
from fieldservice.rounds.services.receipts import Taken
from fieldservice.services import devices
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.models import Company
from payments.desk.services import days
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.credits import taxed_invoice
from tests.factories.customers import AreaFactory, CustomerFactory
from tests.factories.tills import counted, shift_of, signed

pytestmark = pytest.mark.django_db
FIVE_FORTY = datetime(2026, 1, 10, 11, 40, tzinfo=UTC)  # 17:40 in Dhaka
TEN_PAST_EIGHT = FIVE_FORTY + timedelta(hours=2, minutes=30)


@pytest.fixture(autouse=True)
def _in_the_evening(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: TEN_PAST_EIGHT)


@pytest.fixture
def branch():
    return BranchFactory()


@pytest.fixture
def collector(branch):
    return UserFactory(role=User.Role.COLLECTOR, branch=branch, name="Habib")


@pytest.fixture
def chitra(branch):
    """She owes 1,725.00."""
    customer = CustomerFactory(name="Chitra Roy", area=AreaFactory(branch=branch))
    taxed_invoice(customer, Decimal("1500.00"))
    return Customer.objects.select_related("account_state").get(pk=customer.pk)


def phone_of(collector):
    return receipts.register_device(act=Act(collector, FIVE_FORTY))


def taken(device, customer, counter=1, amount="1725.00", **values):
    given = {"client_at": FIVE_FORTY, "sent_at": TEN_PAST_EIGHT, **values}
    return Taken(numbers.written(device.code, counter), customer, Decimal(amount), **given)


def take_in(device, sent, at=TEN_PAST_EIGHT):
    return receipts.take_in(device=device, taken=sent, act=Act(device.person, at))


def balance(customer):
    customer.account_state.refresh_from_db()
    return customer.account_state.balance_amount


def test_the_number_has_a_check_character_that_tells_a_slip_of_the_pen():
    assert numbers.written("K7Q2", 17) == "PR-K7Q2-00017-H"
    assert numbers.read("PR-K7Q2-00017-H") == ("K7Q2", 17)
    for wrong in ("PR-K7Q2-00071-H", "PR-K7Q2-00017-J", "PR-K7Q2-17-H"):
        with pytest.raises(ValueError, match="PR"):
            numbers.read(wrong)


def test_house_two_comes_before_house_ten():
    houses = ["House 10, Road 2", "House 2, Road 2", "House 2A, Road 2"]
    assert sorted(houses, key=numbers.house_order) == [houses[1], houses[2], houses[0]]


def test_paid_online_before_the_phone_sent_it_makes_credit_and_is_said(collector, chitra):
    device = phone_of(collector)
    paid_at = FIVE_FORTY + timedelta(minutes=25)
    settlement.settle(
        Asked(
            customer_id=chitra.pk,
            amount=Decimal("1725.00"),
            method="BKASH",
            reference="TRX1",
            received_by=None,
            received_at=paid_at,
            key="online",
            act=Act(None, paid_at),
        )
    )
    row = take_in(device, taken(device, chitra))
    assert balance(chitra) == Decimal("-1725.00")
    assert {"repeat", "credit"} == set(row.flags)
    assert (row.payment.received_at, row.payment.received_by) == (FIVE_FORTY, collector)
    assert Payment.objects.filter(customer=chitra).count() == 2
    owner = UserFactory(role=User.Role.OWNER)
    assert list(rounds.unseen(owner, TEN_PAST_EIGHT)) == [row]
    act = Act(owner, TEN_PAST_EIGHT, reason="she will have it next month")
    receipts.look_into(receipt=row, act=act)
    assert not rounds.unseen(owner, TEN_PAST_EIGHT).exists()


def test_the_same_number_is_the_same_payment_and_another_content_is_kept_beside(collector, chitra):
    device = phone_of(collector)
    first = take_in(device, taken(device, chitra))
    assert take_in(device, taken(device, chitra)) == first
    other = take_in(device, taken(device, chitra, amount="1700.00"))
    assert (other.state, other.payment) == (RoundReceipt.State.DIFFERS, None)
    assert Payment.objects.count() == 1
    assert balance(chitra) == 0


def test_money_in_the_pocket_is_never_refused(collector, chitra):
    company = Company.current()
    company.largest_cash_held_amount, company.needs_open_shift = Decimal("1000.00"), True
    company.save()
    device = phone_of(collector)
    row = take_in(device, taken(device, chitra))
    assert row.flags == ["limit"]
    shift = Shift.objects.get(person=collector)
    assert (shift.kind, shift.held_amount) == ("ROUND", Decimal("1725.00"))


def test_a_void_one_keeps_its_number_and_makes_no_payment(collector, chitra):
    device = phone_of(collector)
    row = take_in(device, taken(device, chitra, void_reason="she wanted to pay online"))
    assert (row.state, row.flags) == ("VOID", ["void"])
    assert balance(chitra) == Decimal("1725.00")


def post(client, device, customer, counter=1, **payload):
    action = {
        "payload": {
            "number": numbers.written(device.code, counter),
            "customer": customer.number,
            "amount": "1725.00",
            **payload,
        },
        "client_at": FIVE_FORTY.isoformat(),
    }
    sent = {"action": json.dumps(action), "sent_at": TEN_PAST_EIGHT.isoformat()}
    return client.post(reverse("field:round-payments"), sent)


def test_the_phone_is_told_the_receipt_and_nobody_elses_door_is_there(client, collector, chitra):
    client.force_login(collector)
    assert client.post(reverse("field:round-device")).status_code == 200
    device = rounds.RoundDevice.objects.get()
    page = client.get(reverse("field:round-day")).json()
    assert [(stop["name"], stop["due"]) for stop in page["stops"]] == [("Chitra Roy", "1725.00")]
    answer = post(client, device, chitra)
    assert answer.status_code == 200
    assert answer.json()["receipt"] == Payment.objects.get().receipt_number
    assert post(client, device, chitra).json() == answer.json()
    assert post(client, device, CustomerFactory(), 2).status_code == 404
    assert post(client, phone_of(UserFactory(role="COLLECTOR")), chitra).status_code == 404
    assert post(client, device, chitra, 3, amount="-5").status_code == 422
    assert client.get(reverse("field:round-day")).json()["held"] == "1725.00"


def test_a_collector_hands_over_and_has_no_console(client, collector, chitra, branch):
    device = phone_of(collector)
    take_in(device, taken(device, chitra))
    cashier = UserFactory(role=User.Role.CASHIER, branch=branch)
    client.force_login(collector)
    address = reverse("field:round-hand-over")
    assert client.get(address).status_code == 200
    client.post(address, {"amount": "1725.00", "to_person": cashier.pk})
    assert Handover.objects.get().to_person == cashier
    assert client.get(reverse("staff_payments:cash-desk")).status_code == 302
    client.force_login(UserFactory(role=User.Role.TECHNICIAN))
    assert client.get(reverse("field:round-day")).status_code == 403


def test_cash_of_a_closed_day_counts_for_the_next_and_keeps_its_moment(
    branch, collector, chitra, monkeypatch
):
    device = phone_of(collector)
    half_past_nine = datetime(2026, 1, 10, 15, 30, tzinfo=UTC)  # 21:30 in Dhaka
    counted_at, closed_at = half_past_nine + timedelta(minutes=10), half_past_nine.replace(hour=16)
    first = shift_of(collector, at=FIVE_FORTY, kind="ROUND")
    signed(counted(first, "0.00", at=counted_at), at=counted_at)
    days.close(branch=branch, day=date(2026, 1, 10), note="", act=Act(UserFactory(), closed_at))
    morning = datetime(2026, 1, 11, 3, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: morning)
    row = take_in(
        device, taken(device, chitra, client_at=half_past_nine, sent_at=morning), at=morning
    )
    assert row.payment.received_at == half_past_nine
    entry = JournalEntry.objects.get(source_type="payment", source_id=row.payment.pk)
    assert entry.posted_on == date(2026, 1, 11)
    second = Shift.objects.get(person=collector, state="OPEN")
    assert (second.pk != first.pk, second.held_amount) == (True, Decimal("1725.00"))
    assert row.flags == ["late"]


def lost_phone(collector):
    token = "a" * 40
    act = Act(collector, FIVE_FORTY)
    made = devices.register(token=token, name="Android", session_id=None, act=act)
    devices.end(device=made, act=Act(UserFactory(), FIVE_FORTY, reason="left behind in a rickshaw"))
    return token


def hand_in(client, token, number, chitra, amount="1725.00"):
    paid = {
        "kind": "payment",
        "payload": {"number": number, "customer": chitra.number, "amount": amount},
        "client_at": FIVE_FORTY.isoformat(),
    }
    said = {"token": token, "sent_at": TEN_PAST_EIGHT.isoformat(), "actions": [paid]}
    return client.post("/technician/farewell/", json.dumps(said), content_type="application/json")


def test_money_of_an_ended_phone_waits_for_the_office_and_is_settled_once(
    client, collector, chitra
):
    phone, token = phone_of(collector), lost_phone(collector)
    number = numbers.written(phone.code, 1)
    assert hand_in(client, token, number, chitra).json() == {"ended": True, "kept": 1}
    assert hand_in(client, token, number, chitra).json()["kept"] == 0
    assert not Payment.objects.exists()
    row = RoundReceipt.objects.get()
    act = reverse("staff:inbox-act", args=["round-receipt", row.pk, "settle"])
    client.force_login(UserFactory())
    for _twice in range(2):
        client.post(act, {"reason": "the customer has the paper"})
    row.refresh_from_db()
    assert (row.state, row.payment.received_at, row.payment.received_by) == (
        "SETTLED",
        FIVE_FORTY,
        collector,
    )
    assert Payment.objects.count() == 1


def test_a_paper_typed_in_is_the_same_payment_as_the_copy_that_comes_later(
    client, collector, chitra
):
    phone = phone_of(collector)
    number = numbers.written(phone.code, 1)
    client.force_login(UserFactory())
    page = reverse("staff_fieldservice:type-in-receipt")
    typed = {
        "number": number.lower(),
        "customer": chitra.number,
        "amount": "1725",
        "day": "2026-01-10",
        "hour": "17:40",
        "reason": "the phone fell into the river",
    }
    assert client.post(page, {**typed, "number": number[:-1] + "?"}).status_code == 422
    assert client.post(page, {**typed, "hour": "23:59"}).status_code == 422
    client.post(page, typed)
    row = RoundReceipt.objects.get()
    assert (row.state, row.collector, row.payment.amount) == ("SETTLED", collector, 1725)
    later = Taken(number, chitra, Decimal("1725.00"), FIVE_FORTY, TEN_PAST_EIGHT)
    same = receipts.take_in(device=phone, taken=later, act=Act(collector, TEN_PAST_EIGHT))
    assert same == row
    other = Taken(number, chitra, Decimal("900.00"), FIVE_FORTY, TEN_PAST_EIGHT)
    differs = receipts.take_in(device=phone, taken=other, act=Act(collector, TEN_PAST_EIGHT))
    assert (differs.state, Payment.objects.count()) == ("DIFFERS", 1)
    client.force_login(UserFactory(role="SUPPORT"))
    assert client.get(page).status_code == 403
