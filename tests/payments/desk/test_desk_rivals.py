"""Many hands on the same cash: no note is counted twice, none is lost, nobody deadlocks."""

from decimal import Decimal

import pytest
from django.db.models import Sum

from billing.allocation.models import Payment
from billing.ledger.models import Posting
from billing.tills.models import CashMove, DayClose, Handover, Shift
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.reports.queries import proofs
from payments.desk.queries import tills as facts
from payments.desk.services import banking, days, handovers, reversing, shifts
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import paid
from tests.factories.tills import cashier, counted, safe_with, signed
from tests.rivals import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _proven():
    yield
    assert [finding.check for finding in proofs.check_all()] == []


@pytest.fixture
def branch():
    Company.current()  # a company exists before its first cash; rivals would make it while waiting
    return BranchFactory()


@pytest.fixture
def mina(branch):
    return cashier(branch)


def test_the_first_cash_of_eight_windows_opens_one_shift(at, branch, mina):
    customers = [CustomerFactory(branch=branch) for _n in range(8)]

    at_once(8, *[lambda c=c: paid(c, "100.00", at=at, actor=mina) for c in customers])

    assert Shift.objects.get().held_amount == 800


def test_counting_while_payments_are_taken_leaves_none_between_two_shifts(at, branch, mina):
    paid(CustomerFactory(branch=branch), "100.00", at=at, actor=mina)
    shift = Shift.objects.get()
    customers = [CustomerFactory(branch=branch) for _n in range(6)]
    deeds = [lambda c=c: paid(c, "100.00", at=at, actor=mina) for c in customers]
    deeds[3:3] = [lambda: counted(shift, "100.00", at=at)]

    done = at_once(7, *deeds)

    assert not [result for result in done if isinstance(result, str)]
    assert Payment.objects.count() == 7
    shift.refresh_from_db()
    assert shift.state == "COUNTED"
    held = Shift.objects.aggregate(sum=Sum("held_amount"))["sum"]
    assert held == Posting.objects.filter(account_id=1000).aggregate(sum=Sum("amount"))["sum"]
    # What the count expected is what the shift had taken when it was locked, and no more.
    assert shift.expected_amount == shift.held_amount


def test_two_supervisors_sign_one_count_once(at, branch, mina):
    paid(CustomerFactory(branch=branch), "100.00", at=at, actor=mina)
    shift = counted(Shift.objects.get(), "90.00", at=at)
    bosses = [UserFactory() for _n in range(6)]

    done = at_once(6, *[lambda b=b: signed(shift, at=at, actor=b) for b in bosses])

    assert sorted(result for result in done if isinstance(result, str)) == ["Stale"] * 5
    assert Posting.objects.get(account_id=5310).amount == 10


def test_two_supervisors_close_one_day_once(at, branch, mina):
    paid(CustomerFactory(branch=branch), "100.00", at=at, actor=mina)
    signed(counted(Shift.objects.get(), "100.00", at=at), at=at)
    bosses = [UserFactory() for _n in range(6)]

    done = at_once(
        6,
        *[
            lambda b=b: days.close(branch=branch, day=at.date(), note="", act=Act(b, at))
            for b in bosses
        ],
    )

    assert sorted(result for result in done if isinstance(result, str)) == ["Stale"] * 5
    assert DayClose.objects.get().moved_amount == 100


def test_closing_a_day_while_cash_comes_in_puts_each_note_on_one_side(at, branch, mina):
    boss = UserFactory()
    customers = [CustomerFactory(branch=branch) for _n in range(7)]
    # Taken by nobody of the desk: into the safe, so that no shift keeps the day open.
    deeds = [lambda c=c: paid(c, "100.00", at=at) for c in customers]
    deeds[4:4] = [lambda: days.close(branch=branch, day=at.date(), note="", act=Act(boss, at))]

    done = at_once(8, *deeds)

    assert not [result for result in done if isinstance(result, str)]
    closing = DayClose.objects.get()
    same_day = CashMove.objects.filter(moved_on=closing.day).count()
    assert closing.move_count == same_day
    assert closing.moved_amount == 100 * same_day
    assert CashMove.objects.filter(moved_on__gt=closing.day).count() == 7 - same_day


def test_a_hand_over_accepted_six_times_moves_once(at, branch, mina):
    rafi = cashier(branch)
    paid(CustomerFactory(branch=branch), "500.00", at=at, actor=rafi)
    offered = handovers.offer(
        shift=Shift.objects.get(), to_person=mina, amount=Decimal(500), note="", act=Act(rafi, at)
    )

    done = at_once(
        6, lambda: handovers.accept(handover=offered, counted=Decimal(500), act=Act(mina, at))
    )

    assert sorted(result for result in done if isinstance(result, str)) == ["Stale"] * 5
    assert CashMove.objects.filter(kind="HANDOVER").count() == 2
    assert Shift.objects.get(person=mina).held_amount == 500


def test_accepting_and_withdrawing_at_once_is_one_of_the_two(at, branch, mina):
    rafi = cashier(branch)
    paid(CustomerFactory(branch=branch), "500.00", at=at, actor=rafi)
    offered = handovers.offer(
        shift=Shift.objects.get(), to_person=mina, amount=Decimal(500), note="", act=Act(rafi, at)
    )

    done = at_once(
        4,
        lambda: handovers.accept(handover=offered, counted=Decimal(500), act=Act(mina, at)),
        lambda: handovers.withdraw(handover=offered, act=Act(rafi, at)),
    )

    assert sorted(result for result in done if isinstance(result, str)) == ["Stale"] * 3
    moved = CashMove.objects.filter(kind="HANDOVER").count()
    assert moved == (2 if Handover.objects.get().state == "ACCEPTED" else 0)


def test_crossed_hand_overs_and_reversals_do_not_deadlock(at, branch, mina):
    rafi = cashier(branch)
    old = [
        paid(CustomerFactory(branch=branch), "500.00", at=at, actor=person)
        for person in (mina, rafi, mina, rafi)
    ]
    shift = {person.pk: Shift.objects.get(person=person) for person in (mina, rafi)}
    pairs = ((mina, rafi), (rafi, mina))
    offers = [
        handovers.offer(
            shift=shift[giver.pk], to_person=taker, amount=Decimal(200), note="", act=Act(giver, at)
        )
        for giver, taker in pairs
    ]
    deeds = [
        lambda o=o, t=t: handovers.accept(handover=o, counted=Decimal(200), act=Act(t, at))
        for o, (_g, t) in zip(offers, pairs, strict=True)
    ]
    deeds += [
        lambda p=p, by=by: reversing.reverse(
            payment=p, act=Act(by, at, reason="entered for the wrong person")
        )
        for p, by in zip(old, (rafi, mina, rafi, mina), strict=True)
    ]

    done = at_once(6, *deeds)

    # Whose reversals were quicker does not hold the 200 any more: refused, and rightly.
    refused = {result for result in done if isinstance(result, str)}
    assert refused <= {"Stale", "HandoverRefused"}
    assert Posting.objects.filter(account_id=1000).aggregate(sum=Sum("amount"))["sum"] == 0


def test_the_safe_is_not_emptied_twice(at, branch):
    safe_with(branch, "1000.00", at=at)
    people = [cashier(branch) for _n in range(4)]
    boss = UserFactory()

    def float_for(person):
        return shifts.open_shift(
            person=person, kind="DESK", branch=branch, float_amount=Decimal(600), at=at
        )

    def to_bank():
        return banking.move(
            branch=branch,
            way="TO_BANK",
            amount=Decimal(600),
            slip_number="S",
            act=Act(boss, at),
            idempotency_key="one",
        )

    done = at_once(5, *[lambda p=p: float_for(p) for p in people], to_bank)

    refused = sorted(result for result in done if isinstance(result, str))
    assert len(refused) == 4
    assert set(refused) <= {"ShiftRefused", "BankingRefused"}
    assert facts.safe_amount(branch.pk) == 400
