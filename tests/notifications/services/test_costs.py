"""What a message cost is fixed when it is sent; a used-up budget holds back what nobody misses."""

from datetime import timedelta
from decimal import Decimal

import pytest

from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.notifications.gateways.base import Rejected, Retry
from ispbill.notifications.models import BudgetAlarm, Message, MessageSettings
from ispbill.notifications.queries import prices as costs
from ispbill.notifications.services import budget, deliver, prices
from ispbill.notifications.services.prices import Plan
from tests.factories.accounts import UserFactory
from tests.factories.notifications import MessageFactory
from tests.notifications.providers import Provider

pytestmark = pytest.mark.django_db(transaction=True)


def priced(at, amount="0.35", *, since=None, prefix=""):
    day = clock.local_date(at) if since is None else since
    plan = Plan("SMS", "", prefix, day, Decimal(amount))
    return prices.add(plan=plan, act=Act(UserFactory(role="OWNER"), at))


def limited(amount):
    MessageSettings.current()
    MessageSettings.objects.update(month_budget=Decimal(amount))


def drain(at):
    return deliver.drain(now=lambda: at, seconds=30)


def test_a_message_keeps_what_it_cost_when_the_price_changes(at, use):
    use(Provider())
    price = priced(at)
    sent = MessageFactory(next_attempt_at=at, body="x" * 200)  # two parts, as a copy is sent
    drain(at)
    priced(at, "0.50", since=clock.local_date(at) + timedelta(days=1))
    prices.remove(price=price, act=Act(UserFactory(role="OWNER"), at, reason="a new contract"))
    sent.refresh_from_db()
    assert (sent.parts, sent.cost) == (2, Decimal("0.70"))
    assert costs.budget(at).spent == Decimal("0.70")


@pytest.mark.parametrize("outcome", [Rejected("no such number"), Retry("busy")])
def test_what_nobody_took_costs_nothing(outcome, at, use):
    use(Provider(outcomes=[outcome]))
    priced(at)
    MessageFactory(next_attempt_at=at)
    drain(at)
    assert Message.objects.get().cost is None


def test_without_a_price_the_cost_is_not_known(at, use):
    use(Provider())
    MessageFactory(next_attempt_at=at)
    drain(at)
    assert Message.objects.values_list("state", "cost").get() == ("SENT", None)


def test_the_owner_is_told_once_at_80_and_once_at_100_percent(at, use):
    use(Provider())
    owner = UserFactory(role="OWNER", email="owner@demo.test")
    UserFactory(role="BILLING")
    limited("10.00")
    priced(at, "4.00")
    MessageFactory.create_batch(2, next_attempt_at=at)
    drain(at)
    assert [budget.watch(at=at), budget.watch(at=at)] == [1, 0]
    MessageFactory(next_attempt_at=at)
    drain(at)
    assert [budget.watch(at=at), budget.watch(at=at)] == [1, 0]
    told = Message.objects.filter(event="message_budget", user_id=owner.pk).order_by("pk")
    assert [(one.channel, one.context["percent"], one.context["amount"]) for one in told] == [
        ("EMAIL", "80", "8.00"),
        ("EMAIL", "100", "12.00"),
    ]


def test_a_used_up_budget_holds_offers_and_surveys_and_nothing_else(at, use):
    use(Provider())
    limited("1.00")
    priced(at, "1.00")
    MessageFactory(next_attempt_at=at)
    drain(at)
    assert budget.watch(at=at) == 2
    offer = MessageFactory(event="offer", next_attempt_at=at, created_at=at)
    survey = MessageFactory(event="ticket_survey", next_attempt_at=at, created_at=at)
    bill = MessageFactory(event="invoice_issued", next_attempt_at=at, created_at=at)
    drain(at)
    for one in (offer, survey, bill):
        one.refresh_from_db()
    assert [one.state for one in (offer, survey, bill)] == ["QUEUED", "QUEUED", "SENT"]
    assert (offer.attempts, offer.error) == (0, budget.REASON)

    limited("500.00")  # raised: they leave with their next chance
    drain(at + budget.AGAIN)
    assert set(Message.objects.values_list("state", flat=True)) == {"SENT"}


def test_a_new_month_has_a_new_budget(at, use):
    use(Provider())
    limited("1.00")
    month = clock.local_date(at).replace(day=1)
    BudgetAlarm.objects.create(month=month, budget=Decimal("1.00"), percent=100, raised_at=at)
    assert costs.is_used_up(at)
    assert not costs.is_used_up(at + timedelta(days=31))


def test_one_price_a_day(at):
    priced(at)
    with pytest.raises(prices.PriceRefused):
        priced(at, "0.40")


def test_an_estimate_is_of_all_numbers_or_of_none(at):
    day = clock.local_date(at)
    priced(at, "0.32", prefix="+88017")
    ours, others = {"+8801711000001": 3}, {"+8801811000001": 1}
    assert costs.estimate("SMS", ours, on=day) == Decimal("0.96")
    assert costs.estimate("SMS", {**ours, **others}, on=day) is None
