"""A technician asks that a job be taken over: once, decided once, gone when it is another's."""

import pytest

from fieldservice.models import SwapRequest
from fieldservice.services import swapping
from fieldservice.views.inbox_swaps import SWAPS
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, ReasonMissing
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.fieldservice import NINE, NOON, at_work, given, job, technician
from tests.fieldservice.services.test_outbox import receive, sent

pytestmark = pytest.mark.django_db
ILL = {"reason": "I have a fever since the morning"}


@pytest.fixture
def who():
    return technician()


@pytest.fixture
def order(who):
    return given(job(), who)


def asked(order, who):
    assert receive(order, who, sent("swap", ILL)).outcome == "APPLIED"
    return SwapRequest.objects.get()


def test_asking_twice_is_once_and_needs_a_reason(order, who):
    asked(order, who)
    asked(order, who)
    row = receive(order, who, sent("swap", {"reason": "ill"}))
    assert row.outcome == "REFUSED"


def test_a_job_that_has_begun_or_is_anothers_is_not_asked_for(order, who):
    assert receive(order, technician(), sent("swap", ILL)).outcome == "CONFLICT"
    at_work(order, who)
    assert receive(order, who, sent("swap", ILL)).outcome == "CONFLICT"
    assert not SwapRequest.objects.exists()


def test_a_dispatcher_gives_it_to_somebody_else_for_the_same_window_once(order, who):
    swap, other, boss = asked(order, who), technician(), UserFactory()
    act = Act(boss, NOON, reason="he is ill, she is near")
    with pytest.raises(DomainError):
        swapping.grant(swap=swap, to=who, act=act)
    for _time in range(2):
        swap = swapping.grant(swap=swap, to=other, act=act)
    order.refresh_from_db()
    assert (swap.state, swap.decided_by) == ("GRANTED", boss)
    assert (order.technician, order.window_start, order.state) == (other, NINE, "ASSIGNED")
    with pytest.raises(ReasonMissing):
        swapping.refuse(swap=swap, act=Act(boss, NOON))


def test_dispatchers_of_the_branch_are_asked_until_it_has_begun():
    who, other = technician(), technician()
    order = given(job(), who)
    swap = asked(order, who)
    boss = UserFactory(role=User.Role.OWNER)
    elsewhere = UserFactory(role=User.Role.BRANCH_MANAGER, branch=BranchFactory())
    assert list(SWAPS.waiting(boss, NINE)) == [swap]
    assert list(SWAPS.waiting(elsewhere, NINE)) == []
    at_work(order, who)
    assert list(SWAPS.waiting(boss, NINE)) == []
    with pytest.raises(DomainError):
        swapping.grant(swap=swap, to=other, act=Act(boss, NOON, reason="she lives next door"))
