"""A person's cash: what it should hold, counting it, signing for it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from billing.ledger.models import Posting
from billing.receivables.services import deposits
from billing.tills.models import CashMove, Shift
from billing.tills.services.tills import NoOpenShift, TooMuchCash
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing, Stale
from ispbill.core.models import Company
from ispbill.reports.queries import proofs, work
from payments.desk.queries import tills as facts
from payments.desk.services import reversing, shifts
from payments.desk.services.shifts import NotYourOwn, ShiftRefused
from payments.online.services import refunds
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import paid, voucher_batch
from tests.factories.tills import cashier, counted, handed_over, safe_with, shift_of, signed

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)
REASON = "ten notes were torn and refused"


@pytest.fixture(autouse=True)
def _proven():
    yield
    assert [finding.check for finding in proofs.check_all()] == []


@pytest.fixture
def mina():
    return cashier(name="Mina")


def choose(**values):
    Company.current()
    Company.objects.update(**values)
    Company.forget_cached()


def fresh(shift):
    return Shift.objects.get(pk=shift.pk)


def test_the_first_cash_opens_a_shift_by_itself(at, mina):
    payment = paid(CustomerFactory(), "500.00", at=at, actor=mina)

    shift = Shift.objects.get()
    assert (shift.number, shift.person, shift.branch, shift.opened_itself) == (
        "SH-2026-00001",
        mina,
        mina.branch,
        True,
    )
    assert (shift.taken_amount, shift.held_amount, shift.opened_on) == (500, 500, ON)
    move = CashMove.objects.get()
    assert (move.kind, move.shift, move.amount) == ("TAKEN", shift, Decimal(500))
    assert Posting.objects.get(entry=move.entry_id, line_no=move.line_no).account_id == 1000
    assert payment.posted_on == ON


def test_other_ways_to_pay_open_no_shift(at, mina):
    paid(CustomerFactory(), "500.00", at=at, actor=mina, method="BKASH")

    assert Shift.objects.count() == CashMove.objects.count() == 0


def test_cash_nobody_of_the_desk_took_lies_in_the_safe_of_the_customers_branch(at):
    customer = CustomerFactory()
    paid(customer, "500.00", at=at)
    paid(customer, "70.00", at=at, actor=UserFactory(role="SUPPORT"))

    assert Shift.objects.count() == 0
    assert facts.safe_amount(customer.branch_id) == Decimal(570)


def test_a_company_can_demand_that_a_shift_is_opened_first(at, mina):
    choose(needs_open_shift=True)

    with pytest.raises(NoOpenShift):
        paid(CustomerFactory(), "500.00", at=at, actor=mina)
    shift = shift_of(mina, at=at)
    paid(CustomerFactory(), "500.00", at=at, actor=mina)

    assert fresh(shift).held_amount == 500
    assert shift.opened_itself is False


def test_what_a_shift_holds_is_float_and_cash_in_less_cash_out(at, mina):
    safe_with(mina.branch, "3000.00", at=at)
    customer = CustomerFactory()
    shift = shift_of(mina, at=at, float_amount="1000.00")
    paid(customer, "700.00", at=at, actor=mina)
    wrong = paid(customer, "90.00", at=at, actor=mina)
    reversing.undo(payment=wrong, act=Act(mina, at))
    deposits.take(
        customer=customer,
        amount=Decimal("250.00"),
        method="CASH",
        reference="",
        act=Act(mina, at, on=ON, reason="router lent to them"),
    )
    refunds.refund(
        customer=customer,
        amount=Decimal("100.00"),
        method="CASH",
        reference="",
        act=Act(mina, at, on=ON, reason="moved to another city"),
    )
    voucher_batch(at=at, count=2, value="50.00", actor=mina, branch=mina.branch)

    shift = fresh(shift)
    assert (shift.float_amount, shift.taken_amount, shift.paid_out_amount) == (1000, 1140, 190)
    assert shift.held_amount == Decimal("1950.00")
    assert facts.safe_amount(mina.branch_id) == Decimal(2000)


def test_a_float_is_never_more_than_the_safe_holds_nor_than_allowed(at, mina):
    safe_with(mina.branch, "900.00", at=at)
    with pytest.raises(ShiftRefused, match="900"):
        shift_of(mina, at=at, float_amount="900.01")
    choose(largest_float_amount=Decimal(500))
    with pytest.raises(ShiftRefused, match="500"):
        shift_of(mina, at=at, float_amount="501.00")

    assert Shift.objects.count() == 0


def test_nobody_has_two_open_shifts(at, mina):
    shift_of(mina, at=at)

    with pytest.raises(ShiftRefused):
        shift_of(mina, at=at)
    with pytest.raises(IntegrityError, match="shift_one_open_per_person"):
        Shift.objects.create(
            number="SH-2", person=mina, branch=mina.branch, kind="DESK", opened_on=ON, opened_at=at
        )


def test_a_correct_count_signed_by_another_puts_the_cash_into_the_safe(at, mina):
    paid(CustomerFactory(), "1540.00", at=at, actor=mina)
    shift = shifts.count(
        shift=Shift.objects.get(),
        pieces={"1000": 1, "500": 1, "20": 1},
        loose=Decimal("20.00"),
        act=Act(mina, at),
    )
    assert (shift.state, shift.counted_amount, shift.found_difference) == ("COUNTED", 1540, 0)

    shift = signed(shift, at=at)

    assert (shift.state, shift.held_amount, shift.returned_amount) == ("CLOSED", 0, 1540)
    assert facts.safe_amount(mina.branch_id) == Decimal(1540)
    assert Posting.objects.filter(account_id=5310).count() == 0
    assert list(
        AuditEvent.objects.filter(target_type="shift")
        .order_by("pk")
        .values_list("action", flat=True)
    ) == ["shift.opened", "shift.counted", "shift.closed"]


@pytest.mark.parametrize(("there", "booked"), [("480.00", "20.00"), ("530.00", "-30.00")])
def test_a_difference_needs_a_reason_and_is_booked(at, mina, there, booked):
    paid(CustomerFactory(), "500.00", at=at, actor=mina)
    shift = Shift.objects.get()
    with pytest.raises(ReasonMissing):
        counted(shift, there, at=at, reason="short")
    shift = counted(shift, there, at=at, reason=REASON)
    assert Posting.objects.filter(account_id=5310).count() == 0  # not before it is signed

    shift = signed(shift, at=at)

    assert Posting.objects.get(account_id=5310).amount == Decimal(booked)
    assert shift.difference_amount == -Decimal(booked)
    assert facts.safe_amount(mina.branch_id) == Decimal(there)


def test_neither_who_held_the_cash_nor_who_counted_it_signs(at):
    owner, other = cashier(role="OWNER"), UserFactory()
    paid(CustomerFactory(), "500.00", at=at, actor=owner)
    shift = counted(Shift.objects.get(), "500.00", at=at, actor=other)

    for actor in (owner, other):
        with pytest.raises(NotYourOwn):
            signed(shift, at=at, actor=actor)
    with pytest.raises(ShiftRefused):
        signed(shift, at=at, actor=cashier())
    signed(shift, at=at)

    empty = counted(shift_of(owner, at=at), "0.00", at=at, actor=other)
    for signer in (owner, other):
        with pytest.raises(IntegrityError, match="shift_signed_by_another"), transaction.atomic():
            Shift.objects.filter(pk=empty.pk).update(state="CLOSED", signed_at=at, signed_by=signer)


def test_a_supervisor_signs_the_count_they_saw(at, mina):
    paid(CustomerFactory(), "500.00", at=at, actor=mina)
    first = counted(Shift.objects.get(), "400.00", at=at)
    counted(first, "500.00", at=at)

    with pytest.raises(Stale):
        signed(first, at=at)
    signed(fresh(first), at=at)
    with pytest.raises(Stale):
        signed(fresh(first), at=at)


def test_cash_after_the_count_opens_another_shift(at, mina):
    paid(CustomerFactory(), "500.00", at=at, actor=mina)
    counted(Shift.objects.get(), "500.00", at=at)

    paid(CustomerFactory(), "80.00", at=at, actor=mina)

    held = Shift.objects.order_by("pk").values_list("state", "held_amount")
    assert list(held) == [("COUNTED", 500), ("OPEN", 80)]


def test_a_reversal_goes_back_to_the_open_shift_that_took_it(at, mina):
    payment = paid(CustomerFactory(), "500.00", at=at, actor=mina)
    boss = cashier(mina.branch, role="OWNER")
    paid(CustomerFactory(), "900.00", at=at, actor=boss)

    reversing.reverse(payment=payment, act=Act(boss, at, reason="entered for the wrong person"))

    held = Shift.objects.order_by("pk").values_list("person", "held_amount")
    assert list(held) == [(mina.pk, 0), (boss.pk, 900)]


def test_a_reversal_after_the_shift_is_closed_leaves_the_safe(at, mina):
    payment = paid(CustomerFactory(), "500.00", at=at, actor=mina)
    signed(counted(Shift.objects.get(), "500.00", at=at), at=at)

    reversing.reverse(payment=payment, act=Act(mina, at, reason="entered for the wrong person"))

    assert facts.safe_amount(mina.branch_id) == 0
    assert Shift.objects.get().paid_out_amount == 0


def test_more_than_the_drawer_holds_comes_out_of_the_safe(at, mina):
    customer = CustomerFactory()
    paid(customer, "500.00", at=at)  # in the safe of the customer's branch
    paid(CustomerFactory(), "100.00", at=at, actor=mina)

    refunds.refund(
        customer=customer,
        amount=Decimal("300.00"),
        method="CASH",
        reference="",
        act=Act(mina, at, on=ON, reason="moved to another city"),
    )

    assert Shift.objects.get().held_amount == 100
    assert facts.safe_amount(customer.branch_id) == 200


def test_limits_on_one_payment_and_on_what_one_person_holds(at, mina):
    choose(largest_cashier_cash_amount=Decimal(1000), largest_cash_held_amount=Decimal(1500))
    with pytest.raises(TooMuchCash, match="at most"):
        paid(CustomerFactory(), "1000.01", at=at, actor=mina)
    paid(CustomerFactory(), "1000.00", at=at, actor=mina)
    with pytest.raises(TooMuchCash, match="Hand cash over first"):
        paid(CustomerFactory(), "500.01", at=at, actor=mina)
    paid(CustomerFactory(), "2000.00", at=at, actor=mina, method="BKASH")
    paid(CustomerFactory(), "500.00", at=at, actor=mina)

    assert Shift.objects.get().held_amount == 1500


def test_the_database_keeps_figures_states_and_closed_shifts(at, mina):
    paid(CustomerFactory(), "500.00", at=at, actor=mina)
    shift = Shift.objects.get()
    for change in ({"held_amount": 1, "taken_amount": 1}, {"state": "CLOSED"}, {"number": "X"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Shift.objects.filter(pk=shift.pk).update(**change)
    move = CashMove.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        CashMove.objects.filter(pk=move.pk).update(amount=1)
    signed(counted(shift, "500.00", at=at), at=at)
    with pytest.raises(DatabaseError, match="never changed"):
        Shift.objects.update(difference_reason="something else")
    with pytest.raises(DatabaseError):
        Shift.objects.all().delete()


def test_cash_by_hand_without_a_posting_or_its_other_half_is_refused(at, mina):
    paid(CustomerFactory(), "500.00", at=at, actor=mina)
    shift, entry = Shift.objects.get(), CashMove.objects.get().entry
    values = {"branch": mina.branch, "shift": shift, "moved_on": ON, "moved_at": at}
    with pytest.raises(DatabaseError, match="placed by its posting"), transaction.atomic():
        CashMove.objects.create(kind="TAKEN", amount=5, entry=entry, line_no=9, **values)
    with pytest.raises(DatabaseError, match="must enter another"), transaction.atomic():
        CashMove.objects.create(kind="FLOAT", amount=5, **values)


def test_a_shift_over_midnight_goes_on(at, mina):
    paid(CustomerFactory(), "500.00", at=at, actor=mina)
    paid(CustomerFactory(), "50.00", at=at + timedelta(days=1), actor=mina)

    shift = Shift.objects.get()
    assert (shift.held_amount, shift.opened_on) == (550, ON)
    assert list(CashMove.objects.order_by("pk").values_list("moved_on", flat=True)) == [
        ON,
        date(2026, 1, 11),
    ]


def test_somebody_without_a_branch_works_in_that_of_the_customer(at):
    customer = CustomerFactory(branch=BranchFactory())
    paid(customer, "500.00", at=at, actor=UserFactory())

    assert Shift.objects.get().branch_id == customer.branch_id


def strip_of(user, at, branch_id=None):
    items = work.today(user=user, on=ON, at=at, branch_id=branch_id)
    return {item.key: item.count for item in items if item.key in {"counts-to-sign", "hand-overs"}}


def test_a_count_waits_in_the_work_strip_of_who_may_sign_it(at, mina):
    owner = UserFactory(role="OWNER")
    manager = UserFactory(role="BRANCH_MANAGER", branch=mina.branch)
    stranger = UserFactory(role="BRANCH_MANAGER", branch=BranchFactory())
    counted(shift_of(mina, at=at), "0.00", at=at, actor=owner)

    # Who held or counted the cash cannot sign; nor can who does not supervise.
    assert strip_of(owner, at) == {"counts-to-sign": 0, "hand-overs": 0}
    assert strip_of(UserFactory(role="OWNER"), at)["counts-to-sign"] == 1
    assert strip_of(UserFactory(), at, branch_id=stranger.branch_id)["counts-to-sign"] == 0
    assert strip_of(manager, at)["counts-to-sign"] == 1
    assert strip_of(stranger, at)["counts-to-sign"] == 0
    assert strip_of(mina, at) == {"hand-overs": 0}

    signed(fresh(Shift.objects.get()), at=at)
    assert strip_of(manager, at)["counts-to-sign"] == 0


def test_cash_handed_over_waits_in_the_work_strip_of_who_counts_it(at, mina):
    taker = cashier(branch=mina.branch)
    handed_over(mina, taker, at=at)

    assert (strip_of(taker, at), strip_of(mina, at)) == ({"hand-overs": 1}, {"hand-overs": 0})
