"""The deposit of a customer who leaves: used for what is owed, the rest kept or paid back,
exactly once."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing.allocation.models import Payment
from billing.approvals.models import Approval
from billing.changes.models import PlannedMove
from billing.changes.services import planned_moves, termination
from billing.receivables.models import DepositMove
from billing.receivables.rules.deposits import AtEnd, DepositChoice, Split, split
from billing.receivables.services import deposits
from billing.receivables.services.deposits import NotThatMuch
from customers.models import AccountState, Subscription
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.reports.queries import proofs
from tests.billing.receivables.services.test_rivals import rivals
from tests.factories.accounts import UserFactory
from tests.factories.changes import billed_service

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
WHY = "moves to another town"
# 26 of 31 days of 1000.00 with 15 % tax come back: 1150.00 - 964.52
OWED = Decimal("185.48")


@pytest.fixture(autouse=True)
def _proven():
    yield
    assert [finding.check for finding in proofs.check_all()] == []


@pytest.fixture
def clerk():
    return UserFactory()


@pytest.fixture
def service(clerk):
    service = billed_service("1000.00")
    deposits.take(
        customer=service.customer,
        amount=Decimal(2000),
        method="CASH",
        reference="",
        act=Act(clerk, AT, on=ON, reason="router lent out"),
    )
    return service


def end(service, deposit_choice, actor):
    return termination.terminate(
        subscription=service, on=ON, act=Act(actor, AT, on=ON, reason=WHY), deposit=deposit_choice
    )


def balance(service):
    return AccountState.objects.get(customer=service.customer_id).balance_amount


def moves(service):
    found = DepositMove.objects.filter(customer=service.customer_id).order_by("pk")
    return [(move.kind, move.amount) for move in found]


@pytest.mark.parametrize(
    ("held", "owed", "parts"),
    [
        ("2000", "500", ("500", "1500")),
        ("2000", "2500", ("2000", "0")),
        ("2000", "-300", ("0", "2000")),
        ("0", "500", ("0", "0")),
    ],
)
def test_the_split_pays_what_is_owed_and_no_more(held, owed, parts):
    used, rest = parts

    assert split(Decimal(held), Decimal(owed)) == Split(Decimal(used), Decimal(rest))


def test_left_held_it_is_not_touched(service, clerk):
    ended = end(service, DepositChoice(AtEnd.LEAVE), clerk)

    assert ended.deposit.used == 0
    assert moves(service) == [("TAKEN", Decimal(2000))]
    assert balance(service) == OWED


def test_kept_as_credit_all_of_it_becomes_money_of_the_customer(service, clerk):
    ended = end(service, DepositChoice(AtEnd.CREDIT), clerk)

    assert (ended.deposit.used, ended.deposit.kept) == (OWED, 2000 - OWED)
    assert moves(service) == [("TAKEN", Decimal(2000)), ("APPLIED", Decimal(2000))]
    assert balance(service) == OWED - 2000


def test_paid_back_the_bills_come_first(service, clerk):
    ended = end(service, DepositChoice(AtEnd.PAY_BACK, "BKASH", "TRX9"), clerk)

    assert (ended.deposit.used, ended.deposit.paid_back) == (OWED, 2000 - OWED)
    assert moves(service)[1:] == [("APPLIED", OWED), ("RETURNED", 2000 - OWED)]
    assert ended.deposit.document == DepositMove.objects.get(kind="RETURNED").number
    assert (balance(service), deposits.held(service.customer_id)) == (0, 0)


def test_a_large_rest_waits_for_a_second_person_while_the_service_ends(service, clerk):
    Company.objects.update(deposit_limit_amount=Decimal(100))
    Company.forget_cached()

    ended = end(service, DepositChoice(AtEnd.PAY_BACK, "BKASH", ""), clerk)

    assert ended.deposit.is_waiting
    assert Approval.objects.get().amount == 2000 - OWED == deposits.held(service.customer_id)
    assert Subscription.objects.get().status == "CANCELLED"


def test_nobody_pays_money_back_without_a_person(service):
    with pytest.raises(NotThatMuch):
        end(service, DepositChoice(AtEnd.PAY_BACK, "BKASH", ""), None)

    assert Subscription.objects.get().status == "ACTIVE"  # the refusal undid the end
    assert balance(service) == Decimal(1150)


def test_twice_is_once(service, clerk):
    end(service, DepositChoice(AtEnd.CREDIT), clerk)
    again = end(service, DepositChoice(AtEnd.CREDIT), clerk)

    assert again.deposit.used == 0
    assert Payment.objects.count() == 1


def test_eight_who_end_it_at_once_settle_the_deposit_once(service, clerk):
    _results, errors = rivals(
        8, lambda _number: end(service, DepositChoice(AtEnd.PAY_BACK, "BKASH", ""), clerk)
    )

    assert errors == []
    assert [kind for kind, _amount in moves(service)] == ["TAKEN", "APPLIED", "RETURNED"]


@pytest.mark.parametrize(("keeps", "held"), [(True, 0), (False, 2000)])
def test_an_end_planned_ahead_does_what_was_chosen_then(service, clerk, keeps, held):
    move = planned_moves.plan_termination(
        subscription=service,
        on=ON,
        act=Act(clerk, AT, on=date(2026, 1, 9), reason=WHY),
        keeps_deposit_as_credit=keeps,
    )
    report = planned_moves.run(on=ON, at=AT)

    assert (report.ended, report.failed) == (1, 0)
    assert PlannedMove.objects.get(pk=move.pk).status == "DONE"
    assert deposits.held(service.customer_id) == held
