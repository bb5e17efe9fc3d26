"""Figures of how long customers stay, what winning one costs, lines that are up, time to help."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from ispbill.accounts.models import Branch
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.reports.models import AcquisitionCost, FigureState, Stay
from ispbill.reports.queries import acquisition, definitions, tenures
from ispbill.reports.queries.scope import Scope
from ispbill.reports.rules import lifetimes
from ispbill.reports.rules.lifetimes import DAYS_A_MONTH, Tenures
from ispbill.reports.services import acquisition as costs
from network.outages.models import UptimeMonth
from network.outages.queries.uptime_of_days import of_days
from network.outages.rules import uptime
from payments.desk.services import reversing
from payments.referrals.models import ReferralReward
from payments.referrals.services import referral_rewards
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.billing import chart
from tests.factories.customers import AreaFactory, CustomerFactory
from tests.factories.network import RouterFactory
from tests.factories.payments import rewarded
from tests.factories.tickets import SATURDAY, office_hours, opened, team
from tests.network.outages.test_uptime import lines
from tests.reports.conftest import built, moment, serve
from tickets.models import TicketClock
from tickets.services import conversation, resolution
from tickets.services.conversation import Words

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal
ALL = Scope()


def value(key, days, scope=ALL):
    return definitions.value(key, **days, scope=scope)


def test_the_worked_example_of_how_long_customers_stay():
    found = [Tenures(D(2), 1, 1), Tenures(D(3), 1, 0), Tenures(D(4), 1, 1), Tenures(D(6), 2, 0)]

    mean = lifetimes.mean_months(found, within=6)

    assert round(mean, 3) == D("4.667")
    assert round(1000 * mean, 2) == D("4666.67")


def test_nobody_left_is_the_whole_horizon_and_not_infinite():
    assert lifetimes.mean_months([Tenures(D(50), 100, 0)]) == 36


def test_a_mean_needs_a_hundred_customers_and_twenty_who_left():
    enough = [Tenures(D(1), 20, 20), Tenures(D(5), 80, 0)]

    assert lifetimes.is_enough(enough)
    assert not lifetimes.is_enough([Tenures(D(1), 19, 19), Tenures(D(5), 81, 0)])
    assert not lifetimes.is_enough([Tenures(D(1), 20, 20), Tenures(D(5), 79, 0)])


def test_the_expected_value_is_of_stays_as_they_were_known_then():
    branch, begun, on = BranchFactory(), date(2025, 1, 1), date(2025, 12, 31)
    area = AreaFactory(branch=branch)
    here = CustomerFactory.create_batch(101, area=area)
    cell = {"branch_id": branch.pk, "area_id": area.pk, "package_id": 0, "reseller_id": 0}
    Stay.objects.bulk_create(
        Stay(
            customer=one,
            stay_no=1,
            began_on=begun,
            monthly_amount=1000,
            away_since=date(2025, 7, 2) if place < 20 else None,
            left_on=date(2025, 7, 2) if place < 20 else None,
            **cell,
        )
        for place, one in enumerate(here[:100])
    )
    later = {"away_since": date(2026, 1, 5), "left_on": date(2026, 1, 5)}
    Stay.objects.create(
        customer=here[100], stay_no=1, began_on=begun, monthly_amount=1000, **cell, **later
    )

    months = 182 / DAYS_A_MONTH  # of those who left; four fifths and one stay the whole horizon
    share = D(81) / D(101)
    expected = 1000 * (months + share * (36 - months))
    assert tenures.worth(D(1000), on=on, scope=ALL) == round(expected, 2)
    assert tenures.worth(D(1000), on=date(2025, 7, 1), scope=ALL) is None  # nobody had left
    assert tenures.worth(D(1000), on=on, scope=Scope(branch_id=branch.pk + 1)) is None


def entered(month, amount, branch, note=""):
    act = Act(UserFactory(branch=branch), moment(date(2026, 2, 1)))
    return costs.enter(month=month, branch=branch, amount=D(amount), note=note, act=act)


def test_what_winning_customers_costs(january):
    chart()
    first = serve(since=date(2026, 1, 3)).customer
    for _number in range(3):
        serve(since=date(2026, 1, 9))
    built(date(2026, 1, 31))
    entered(date(2026, 1, 1), "6000.00", first.branch)

    found = acquisition.of(**january, branch_id=None)

    assert (found.entered, found.joined, found.each) == (D("6000.00"), 4, D("1500.00"))
    assert acquisition.of(**january, branch_id=first.branch_id).each == D("6000.00")
    half = {"since": date(2026, 1, 1), "until": date(2026, 1, 15)}
    assert acquisition.of(**half, branch_id=None).entered == D("2903.23")  # 15 of 31 days
    assert value("acquisition_cost", january) == D("1500.00")


def test_credit_for_friends_counts_when_given_and_is_taken_off_when_undone(january):
    Company.current()
    Company.objects.update(rewards_referrals=True)
    Company.forget_cached()
    rewarded(at=moment(date(2026, 1, 10)))
    given = sum(one.payment.amount for one in ReferralReward.objects.all())
    assert given > 0

    assert acquisition.of(**january, branch_id=None).rewards == given
    act = Act(None, moment(date(2026, 2, 3)), reason="the cheque behind it bounced")
    reversing.reverse(payment=ReferralReward.objects.first().earned_by, act=act)
    referral_rewards.settle_all(at=act.at)
    assert acquisition.of(**january, branch_id=None).rewards == given
    february = {"since": date(2026, 2, 1), "until": date(2026, 2, 28)}
    assert acquisition.of(**february, branch_id=None).rewards == -given


def test_a_cost_is_replaced_and_who_did_it_is_kept():
    branch = BranchFactory()
    entered(date(2026, 1, 17), "4000.00", branch, "Posters")
    entered(date(2026, 1, 1), "4000.00", branch, "Posters")  # twice is once
    entered(date(2026, 1, 1), "5000.00", branch, "Posters and a fair")

    cost = AcquisitionCost.objects.get()
    assert (cost.month, cost.amount) == (date(2026, 1, 1), D("5000.00"))
    events = AuditEvent.objects.filter(action="acquisition_cost.entered").order_by("pk")
    assert [one.before.get("amount") if one.before else None for one in events] == [None, "4000.00"]


def test_uptime_is_cut_off_and_not_rounded():
    assert uptime.floored(total=87_840, down=240) == D("99.72")
    assert uptime.floored(total=10**9, down=1) == D("99.99")
    assert uptime.floored(total=10, down=0) == D("100.00")
    assert uptime.floored(total=0, down=0) is None


def test_uptime_of_days_is_that_of_the_written_months_and_of_a_branch_its_areas():
    clock.set_simulated(datetime(2026, 2, 10, 6, tzinfo=UTC))
    ours, theirs = AreaFactory(), AreaFactory()
    january = {"month": date(2026, 1, 1), "target": D("99.5"), "is_breach": True}
    UptimeMonth.objects.create(**january, total_seconds=1000, down_seconds=10)
    UptimeMonth.objects.create(**january, area=ours, total_seconds=400, down_seconds=10)
    UptimeMonth.objects.create(**january, area=theirs, total_seconds=600, down_seconds=0)
    days = {"since": date(2026, 1, 1), "until": date(2026, 1, 31)}
    assert value("uptime", days) is None  # no night has said what is complete
    seen = dict.fromkeys(("last_version_id", "last_subscription_id", "last_entry_id"), 0)
    FigureState.objects.create(pk=1, built_until=date(2026, 2, 9), built_at=clock.now(), **seen)

    assert value("uptime", days) == D("99.00")
    assert value("uptime", days, Scope(branch_id=ours.branch_id)) == D("97.50")
    assert value("uptime", days, Scope(branch_id=theirs.branch_id)) == D("100.00")


def test_days_within_a_month_are_measured():
    clock.set_simulated(datetime(2026, 2, 10, 6, tzinfo=UTC))
    area = AreaFactory()
    lines(RouterFactory(added_at=datetime(2025, 12, 1, tzinfo=UTC)), area, 2)

    days = {"since": date(2026, 1, 5), "until": date(2026, 1, 6), "complete": date(2026, 2, 9)}
    found = of_days(**days, branch_id=None)

    assert (found.total, found.down) == (2 * 2 * 86_400, 0)
    assert of_days(**days, branch_id=area.branch_id + 1).total == 0


@pytest.fixture
def helped():
    """Three tickets of a Saturday: answered in 10 and in 40 minutes, and not at all."""
    office_hours()
    person = UserFactory(role="SUPPORT")
    team(person)
    tickets = [opened(at=SATURDAY) for _number in range(3)]
    for ticket, minutes in zip(tickets, (10, 40), strict=False):
        act = Act(person, SATURDAY + timedelta(minutes=minutes))
        conversation.reply(ticket=ticket, words=Words("We look."), then_waits=False, act=act)
    act = Act(person, SATURDAY + timedelta(minutes=60))
    resolution.resolve(ticket=tickets[0], cause="FIXED", text="It was a cable.", act=act)
    return tickets


def test_time_to_the_first_answer_and_to_resolve(helped):
    days = {"since": date(2026, 1, 10), "until": date(2026, 1, 10)}

    assert value("first_response", days) == 25
    assert value("resolution", days) == value("resolution_p90", days) == 60
    kept = value("first_response_kept", days)
    TicketClock.objects.filter(kind="FIRST", outcome="").update(
        breached_at=SATURDAY + timedelta(minutes=80)
    )
    assert value("first_response", days) == 25  # who was not answered took no time yet
    assert value("first_response_kept", days) < kept  # but the promise is broken
    assert value("resolution_kept", days) == 100
    other = Scope(branch_id=Branch.objects.order_by("-pk").first().pk + 1)
    assert value("first_response", days, other) is None
