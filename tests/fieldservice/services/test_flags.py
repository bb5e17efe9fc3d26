"""What has waited too long is flagged once, goes when it is cured, and stops nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest

from fieldservice.models import FieldFlag
from fieldservice.rounds.models import RoundReceipt
from fieldservice.rounds.rules import numbers
from fieldservice.rounds.services import receipts
from fieldservice.rounds.services.receipts import Taken
from fieldservice.services import flags
from fieldservice.stock.services import issuing, places
from fieldservice.views.inbox_flags import FLAGS
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import SubscriptionFactory
from tests.factories.fieldservice import NINE, given, job, technician
from tests.factories.stock import lent_piece
from tests.fieldservice.services.test_outbox import POINT, receive, sent

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def look(at):
    return flags.look(act=Act(None, at))


def open_flags():
    return list(FieldFlag.objects.filter(cured_at=None).values_list("kind", "key"))


def test_an_act_that_waits_a_day_for_the_one_before_it_is_flagged_until_that_comes():
    who = technician()
    order = given(job("SURVEY"), who)
    arrive = sent("arrive", {"point": POINT})
    note = sent("note", {"text": "dog in the yard"}, after=arrive.id)
    receive(order, who, note, at=NINE)
    assert look(NINE + DAY - timedelta(seconds=1)) == 0
    assert [look(NINE + DAY), look(NINE + DAY)] == [1, 0]
    assert open_flags() == [("WAITING_ACT", str(note.id))]
    receive(order, who, arrive, at=NINE + DAY)
    assert (look(NINE + DAY), open_flags()) == (0, [])


def test_a_receipt_number_between_known_ones_is_missed_after_a_day():
    collector = UserFactory(role=User.Role.COLLECTOR, branch=BranchFactory())
    device = receipts.register_device(act=Act(collector, NINE))
    customer = SubscriptionFactory().customer

    def take(counter, at):
        number = numbers.written(device.code, counter)
        taken = Taken(number, customer, Decimal(100 + counter), at, at, "given back at the door")
        receipts.take_in(device=device, taken=taken, act=Act(collector, at))

    take(3, NINE)
    assert look(NINE + DAY) == 0  # what was before the first known one is not missed
    take(6, NINE)
    look(NINE + DAY)
    missing = [numbers.written(device.code, counter) for counter in (4, 5)]
    assert open_flags() == [("MISSING_RECEIPT", number) for number in missing]
    take(4, NINE + DAY)
    look(NINE + DAY)
    assert open_flags() == [("MISSING_RECEIPT", missing[1])]
    assert RoundReceipt.objects.count() == 3


def test_equipment_is_missed_a_fortnight_after_the_last_service_ended():
    service = SubscriptionFactory(status="CANCELLED", cancelled_on=NINE.date() - 13 * DAY)
    branch = service.customer.branch
    unit = lent_piece(service.customer, branch)
    assert look(NINE) == 0
    assert look(NINE + DAY) == 1
    flag = FieldFlag.objects.get()
    assert (flag.number, flag.branch) == (service.customer.number, branch)
    act = Act(UserFactory(role=User.Role.OWNER), NINE)
    issuing.take_back(unit=unit, target=places.of_branch(branch), act=act)
    look(NINE + DAY)
    assert open_flags() == []


def test_what_somebody_has_looked_into_is_not_shown_again():
    who, boss = technician(), UserFactory(role=User.Role.OWNER)
    order = given(job("SURVEY"), who)
    receive(order, who, sent("note", {"text": "a dog"}, after=sent("start").id), at=NINE)
    look(NINE + DAY)
    flag = FieldFlag.objects.get()
    assert list(FLAGS.waiting(boss, NINE)) == [flag]
    elsewhere = UserFactory(role=User.Role.BRANCH_MANAGER, branch=BranchFactory())
    assert list(FLAGS.waiting(elsewhere, NINE)) == []
    assert order.number in FLAGS.line(flag).what
    with pytest.raises(ReasonMissing):
        flags.look_into(flag=flag, act=Act(boss, NINE, reason="ok"))
    flags.look_into(flag=flag, act=Act(boss, NINE, reason="the phone fell into the river"))
    assert list(FLAGS.waiting(boss, NINE)) == []
    assert look(NINE + 2 * DAY) == 0
