"""A closed cash day: nothing of it changes, what comes later counts for the next open day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from billing.ledger.models import JournalEntry, Posting
from billing.receivables.services import deposits
from billing.tills.models import CashBanking, CashMove, DayClose, Handover, Shift
from ispbill.core.acts import Act
from ispbill.core.errors import Stale
from ispbill.reports.queries import proofs
from payments.desk.queries import tills as facts
from payments.desk.services import banking, days, handovers, reversing
from payments.desk.services.banking import BankingRefused
from payments.desk.services.days import NotReady
from payments.desk.services.handovers import HandoverRefused
from payments.online.services import refunds
from tests.database import owner_connection
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.acts import acting
from tests.factories.customers import CustomerFactory
from tests.factories.payments import paid
from tests.factories.tills import cashier, counted, safe_with, shift_of, signed
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ON, NEXT = date(2026, 1, 10), date(2026, 1, 11)


@pytest.fixture(autouse=True)
def _proven(request):
    yield
    if not request.node.get_closest_marker("without_guards"):
        assert [finding.check for finding in proofs.check_all()] == []


@pytest.fixture
def branch():
    return BranchFactory(code="HQ")


@pytest.fixture
def mina(branch):
    return cashier(branch, name="Mina")


@pytest.fixture
def boss():
    return UserFactory(name="Boss")


def closed(branch, at, boss, day=ON):
    return days.close(branch=branch, day=day, note="", act=Act(boss, at))


def work(mina, at, boss, amount="500.00", there=None):
    """A shift of Mina's that took `amount`, was counted and is signed."""
    paid(CustomerFactory(branch=mina.branch), amount, at=at, actor=mina)
    shift = Shift.objects.get(person=mina, state="OPEN")
    return signed(counted(shift, there or amount, at=at), at=at, actor=boss)


def test_a_day_is_closed_when_every_shift_of_it_is_signed(at, branch, mina, boss):
    paid(CustomerFactory(branch=branch), "500.00", at=at, actor=mina)
    with pytest.raises(NotReady, match=r"Mina \(SH-2026-00001\)"):
        closed(branch, at, boss)
    shift = counted(Shift.objects.get(), "490.00", at=at)
    with pytest.raises(NotReady):
        closed(branch, at, boss)
    signed(shift, at=at, actor=boss)

    closing = closed(branch, at, boss)

    assert (closing.move_count, closing.moved_amount, closing.safe_amount) == (4, 490, 490)
    line = closing.figures["shifts"][0]
    assert (line["person"], line["taken"], line["counted"], line["difference"]) == (
        "Mina",
        "500.00",
        "490.00",
        "-10.00",
    )


def test_the_database_too_waits_for_the_shifts_and_keeps_the_order(at, branch, mina, boss):
    shift_of(mina, at=at)
    values = {
        "branch": branch,
        "move_count": 0,
        "moved_amount": 0,
        "safe_amount": 0,
        "closed_at": at,
        "closed_by": boss,
    }
    with pytest.raises(DatabaseError, match="not closed"), transaction.atomic():
        DayClose.objects.create(day=ON, **values)
    DayClose.objects.create(day=ON - timedelta(days=1), **values)
    with pytest.raises(DatabaseError, match="closed up to"), transaction.atomic():
        DayClose.objects.create(day=ON - timedelta(days=2), **values)


def test_cash_after_the_closing_counts_for_the_next_day(at, branch, mina, boss):
    early = work(mina, at, boss)
    payment = paid(CustomerFactory(branch=branch), "70.00", at=at, method="CASH")
    closed(branch, at, boss)
    customer = CustomerFactory(branch=branch)

    late = paid(customer, "300.00", at=at, actor=mina)
    deposits.take(
        customer=customer,
        amount=Decimal("40.00"),
        method="CASH",
        reference="",
        act=Act(mina, at, on=ON, reason="router lent to them"),
    )
    refunds.refund(
        customer=customer,
        amount=Decimal("30.00"),
        method="CASH",
        reference="",
        act=Act(mina, at, on=ON, reason="moved to another city"),
    )
    reversing.reverse(payment=payment, act=Act(boss, at, reason="entered for the wrong person"))

    moves = CashMove.objects.filter(pk__gt=CashMove.objects.filter(moved_on=ON).latest("pk").pk)
    assert [(move.amount, move.moved_on) for move in moves.order_by("pk")] == [
        (300, NEXT),
        (40, NEXT),
        (-30, NEXT),
        (-70, NEXT),
    ]
    assert late.posted_on == ON  # the receipt says when it was; the cash counts for tomorrow
    entry = JournalEntry.objects.get(kind="PAYMENT", source_id=late.pk)
    assert entry.posted_on == NEXT
    assert Shift.objects.exclude(pk=early.pk).get().opened_on == NEXT


def test_other_money_and_other_branches_go_on(at, branch, mina, boss):
    closed(branch, at, boss)
    other = CustomerFactory()

    paid(CustomerFactory(branch=branch), "300.00", at=at, method="BKASH", actor=mina)
    paid(other, "200.00", at=at)

    days_of = JournalEntry.objects.filter(kind="PAYMENT").values_list("posted_on", flat=True)
    assert set(days_of) == {ON}


@pytest.mark.without_guards
def test_the_database_refuses_cash_of_a_closed_day_whoever_books_it(at, branch, mina, boss):
    paid(CustomerFactory(branch=branch), "300.00", at=at)
    closed(branch, at, boss)
    entry = JournalEntry(
        kind="OPENING", source_type="test", source_id=1, posted_on=ON, at=at, branch=branch
    )
    lines = [(1, 1000, Decimal(5)), (2, 3000, Decimal(-5))]

    def book():
        entry.pk = None
        entry.save(force_insert=True)
        Posting.objects.bulk_create(
            Posting(entry=entry, line_no=no, account_id=code, amount=amount)
            for no, code, amount in lines
        )

    with pytest.raises(DatabaseError, match="is closed in this branch"), transaction.atomic():
        book()

    with owner_connection(autocommit=True) as owner:
        owner.execute("ALTER TABLE billing_cashmove DISABLE TRIGGER cash_moves")
        try:
            with transaction.atomic():
                book()
        finally:
            owner.execute("ALTER TABLE billing_cashmove ENABLE TRIGGER cash_moves")
    assert [finding.check for finding in proofs.check_all()] == ["closed_cash_days_are_unchanged"]


def test_a_day_is_closed_once_in_order_and_not_before_it_comes(at, branch, mina, boss):
    with pytest.raises(NotReady):
        closed(branch, at, boss, day=NEXT)
    work(mina, at, boss)
    first = closed(branch, at, boss)
    with pytest.raises(Stale):
        closed(branch, at, boss)
    with pytest.raises(Stale):
        closed(branch, at, boss, day=ON - timedelta(days=3))
    tomorrow = at + timedelta(days=1)
    work(mina, tomorrow, boss, "80.00")
    second = closed(branch, tomorrow, boss, day=NEXT)

    assert (second.after_day, second.moved_amount) == (ON, 80)
    assert second.safe_amount == first.safe_amount + 80
    with pytest.raises(DatabaseError):
        DayClose.objects.filter(pk=first.pk).update(note="changed")


def test_cash_is_taken_to_the_bank_with_a_slip_once(at, branch, mina, boss):
    work(mina, at, boss)
    values = {
        "branch": branch,
        "way": "TO_BANK",
        "amount": Decimal("450.00"),
        "slip_number": "S-77",
        "idempotency_key": "one",
        "at": at,
        "actor": boss,
    }
    banking.move(**acting(values))
    banking.move(**acting(values))

    assert facts.safe_amount(branch.pk) == 50
    assert Posting.objects.get(account_id=1010).amount == 450
    assert CashBanking.objects.get().slip_number == "S-77"
    with pytest.raises(BankingRefused, match="50"):
        banking.move(**acting({**values, "idempotency_key": "two"}))
    with pytest.raises(BankingRefused, match="number"):
        banking.move(**acting({**values, "idempotency_key": "three", "slip_number": "  "}))


def test_a_hand_over_moves_when_the_other_has_counted_it(at, branch, mina, boss):
    rafi = cashier(branch, name="Rafi")
    round_ = shift_of(rafi, at=at, kind="ROUND")
    paid(CustomerFactory(branch=branch), "900.00", at=at, actor=rafi)

    offered = handovers.offer(
        shift=round_, to_person=mina, amount=Decimal("800.00"), note="", act=Act(rafi, at)
    )
    assert Shift.objects.get(pk=round_.pk).held_amount == 900
    with pytest.raises(HandoverRefused, match="Count together"):
        handovers.accept(handover=offered, counted=Decimal("790.00"), act=Act(mina, at))
    with pytest.raises(HandoverRefused):
        handovers.accept(handover=offered, counted=Decimal("800.00"), act=Act(boss, at))
    handovers.accept(handover=offered, counted=Decimal("800.00"), act=Act(mina, at))

    held = Shift.objects.order_by("pk").values_list("person", "held_amount")
    assert list(held) == [(rafi.pk, 100), (mina.pk, 800)]
    with pytest.raises(Stale):
        handovers.accept(handover=offered, counted=Decimal("800.00"), act=Act(mina, at))
    with pytest.raises(DatabaseError, match="decided once"):
        Handover.objects.update(amount=1)


def test_a_hand_over_is_refused_or_withdrawn_and_blocks_the_count_while_it_waits(at, branch, mina):
    rafi = cashier(branch, name="Rafi")
    paid(CustomerFactory(branch=branch), "900.00", at=at, actor=rafi)
    shift = Shift.objects.get()

    def offer(amount="900.00"):
        return handovers.offer(
            shift=shift, to_person=mina, amount=Decimal(amount), note="", act=Act(rafi, at)
        )

    with pytest.raises(HandoverRefused):
        offer("900.01")
    first = offer()
    with pytest.raises(HandoverRefused, match="still waits"):
        offer()
    with pytest.raises(Exception, match="waits to be counted"):
        counted(shift, "900.00", at=at)
    handovers.refuse(handover=first, act=Act(mina, at, reason="two notes are forged"))
    handovers.withdraw(handover=offer(), act=Act(rafi, at))

    assert counted(shift, "900.00", at=at).state == "COUNTED"
    assert list(Handover.objects.order_by("pk").values_list("state", flat=True)) == [
        "REFUSED",
        "WITHDRAWN",
    ]


def test_cash_stays_in_its_branch(at, branch, mina):
    far = cashier(BranchFactory(), name="Far")
    shift_of(far, at=at)
    paid(CustomerFactory(branch=branch), "900.00", at=at, actor=mina)
    offered = handovers.offer(
        shift=Shift.objects.get(person=mina),
        to_person=far,
        amount=Decimal("900.00"),
        note="",
        act=Act(mina, at),
    )

    with pytest.raises(HandoverRefused, match="another branch"):
        handovers.accept(handover=offered, counted=Decimal("900.00"), act=Act(far, at))


BREAKS = {
    "cash_has_a_place": "UPDATE billing_cashmove SET amount = amount + 1 WHERE kind = 'TAKEN'",
    "cash_is_shifts_and_safes": "DELETE FROM billing_cashmove WHERE shift_id IS NULL",
    "shifts_are_their_moves": (
        "UPDATE billing_shift SET taken_amount = taken_amount + 1, held_amount = held_amount + 1"
        " WHERE state = 'OPEN'"
    ),
    "counts_are_signed_and_booked": (
        "UPDATE billing_cashcount SET counted_amount = counted_amount + 1"
    ),
    "handovers_moved_once": "UPDATE billing_handover SET amount = 5, counted_amount = 5",
    "closed_cash_days_are_unchanged": "UPDATE billing_dayclose SET moved_amount = 1",
    "bankings_are_booked": "UPDATE billing_cashbanking SET amount = amount + 1",
}


@pytest.mark.without_guards
@pytest.mark.parametrize("broken", sorted(BREAKS))
def test_each_proof_finds_what_it_is_for(at, branch, mina, boss, broken):
    safe_with(branch, "1000.00", at=at, actor=boss)
    work(mina, at, boss, there="480.00")
    closed(branch, at, boss)
    rafi = cashier(branch)
    paid(CustomerFactory(branch=branch), "900.00", at=at, actor=rafi)
    offered = handovers.offer(
        shift=Shift.objects.get(person=rafi),
        to_person=mina,
        amount=Decimal(300),
        note="",
        act=Act(rafi, at),
    )
    handovers.accept(handover=offered, counted=Decimal(300), act=Act(mina, at))
    assert at_once.broken() == []

    with owner_connection(autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(BREAKS[broken])

    assert broken in {finding.check for finding in proofs.check_all()}
